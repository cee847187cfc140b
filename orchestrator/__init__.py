"""Turns one YAML study into trained trials, MLflow runs and paper tables.

`orchestrator.load` and `orchestrator.define` give a study to Python: docs/python.md.
Nothing is imported before it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.api.opening import define, load
    from orchestrator.api.plan_table import PlanTable
    from orchestrator.api.result_table import ResultTable
    from orchestrator.api.status import Status
    from orchestrator.api.study_handle import StudyHandle
    from orchestrator.api.trial_handle import TrialHandle
    from orchestrator.messages.errors import (
        MissingDataError,
        MissingGpusError,
        NotFoundError,
        OrchestratorError,
        ParameterError,
        SchedulerError,
        StalledError,
        StoppedError,
        StudyFileError,
        TaskError,
        TrialsFailedError,
        UserError,
    )

_HOMES = {
    "orchestrator.api.opening": ("define", "load"),
    "orchestrator.api.plan_table": ("PlanTable",),
    "orchestrator.api.result_table": ("ResultTable",),
    "orchestrator.api.status": ("Status",),
    "orchestrator.api.study_handle": ("StudyHandle",),
    "orchestrator.api.trial_handle": ("TrialHandle",),
    "orchestrator.messages.errors": (
        "MissingDataError",
        "MissingGpusError",
        "NotFoundError",
        "OrchestratorError",
        "ParameterError",
        "SchedulerError",
        "StalledError",
        "StoppedError",
        "StudyFileError",
        "TaskError",
        "TrialsFailedError",
        "UserError",
    ),
}
"""Module -> the names that it gives to `import orchestrator`."""

__all__ = [
    "MissingDataError",
    "MissingGpusError",
    "NotFoundError",
    "OrchestratorError",
    "ParameterError",
    "PlanTable",
    "ResultTable",
    "SchedulerError",
    "StalledError",
    "Status",
    "StoppedError",
    "StudyFileError",
    "StudyHandle",
    "TaskError",
    "TrialHandle",
    "TrialsFailedError",
    "UserError",
    "define",
    "load",
]


def __getattr__(name: str) -> object:
    """Import what is asked for."""
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    from importlib import import_module

    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    """Return the names that there are, imported or not."""
    return sorted({*globals(), *__all__})
