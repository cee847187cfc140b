"""Modules of tasks that were edited since this program, as the kernel of a notebook, has imported them.

Workers import them anew; this program would check the parameters of yesterday.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.messages.errors import UserError
from orchestrator.messages.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.study.edges.task_source import Task

    Sign = tuple[int, int]

_imported: dict[str, tuple[object, Sign]] = {}
"""Module -> what tells one import from the next, and its file as it was when it was first looked at."""


def check_not_edited(tasks: Iterable[Task]) -> None:
    """Raise UserError where the module of a task, or of its parameters, is another than was imported."""
    names = sorted({name for task in tasks for name in (task.module, task.model.__module__)})
    if edited := [name for name in names if _is_edited(name)]:
        reloads = ", ".join(f"importlib.reload({name})" for name in edited)
        raise UserError(
            f"{listed(edited)}: edited since this program imported it; workers would import it anew",
            hint=f"restart the kernel, or: import importlib; {reloads}",
        )


def _is_edited(name: str) -> bool:
    module = sys.modules.get(name)
    sign = _sign(getattr(module, "__file__", None))
    if sign is None:
        return False
    spec = getattr(module, "__spec__", None)  # another one after each import and reload
    before = _imported.get(name)
    if before is None or before[0] is not spec:
        _imported[name] = (spec, sign)
        return False
    return before[1] != sign


def _sign(file: str | None) -> Sign | None:
    """Return what tells a file from the one that was there before; None where there is none."""
    try:
        found = Path(file).stat() if file else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found else None
