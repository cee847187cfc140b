"""A trial of a study as Python sees it: what it is, what became of it, and its files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.state import State
from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.evidence.evidence import Evidence
    from orchestrator.study.trial import Trial


class TrialHandle:
    """One trial, as it was when it was asked for; its files are read when they are."""

    def __init__(self, trial: Trial, evidence: Evidence, state: State, files: TrialFolder) -> None:
        self._trial, self._evidence, self._state, self._files = trial, evidence, state, files

    @property
    def id(self) -> str:
        """Its id: the same in every study that contains it."""
        return self._trial.id

    @property
    def stage(self) -> str:
        """The stage it belongs to."""
        return self._trial.stage

    @property
    def axes(self) -> Mapping[str, Any]:
        """Its point: axis -> value, the seed included."""
        return dict(self._trial.axes)

    @property
    def params(self) -> Mapping[str, Any]:
        """Its parameters, defaults included."""
        return dict(self._trial.params)

    @property
    def seed(self) -> int:
        """Its seed."""
        return self._trial.seed

    @property
    def needs(self) -> Mapping[str, str]:
        """Name of each need -> the id of the trial whose output it reads."""
        return dict(self._trial.needs)

    @property
    def state(self) -> str:
        """What became of it, as `DONE`."""
        return str(self._state)

    @property
    def attempts(self) -> int:
        """How often it was begun."""
        return len(self._evidence.attempts)

    @property
    def metrics(self) -> Mapping[str, float]:
        """What its task returned; nothing before that."""
        return dict(self._evidence.result.metrics) if self._evidence.result else {}

    @property
    def failure(self) -> str:
        """Why it failed, and what to do; empty for any other."""
        if self._state is not State.FAILED:
            return ""
        found = diagnose(self._evidence)
        return f"{found.kind}: {found.message}\n{found.advice}"

    @property
    def folder(self) -> Path:
        """The folder with all its files; not there before its first attempt."""
        return self._files.path

    @property
    def log(self) -> str:
        """What its newest attempt printed; empty before the first."""
        numbers = self._files.numbers()
        file = self._files.attempt(numbers[-1]) / "log.txt" if numbers else None
        return file.read_text(encoding="utf-8", errors="replace") if file and file.is_file() else ""

    def artifact(self, name: str) -> Path:
        """Return the path of a file that its task has kept.

        Raises NotFoundError where it has kept none of that name.

        >>> study.trials()[0].artifact("x.txt").name
        'x.txt'
        """
        path, own = self._files.artifacts / name, self._files.artifacts.resolve()
        if path.resolve().is_relative_to(own) and path.exists():
            return path
        there = [
            str(one.relative_to(self._files.artifacts)) for one in sorted(self._files.artifacts.rglob("*"))
        ]
        raise NotFoundError(
            f"trial `{self.id}` ({self.state}) has no artifact `{name}`",
            hint=nearest(name, there, f"it has: {', '.join(there[:12]) or 'none'}"),
        )

    def curve(self) -> pd.DataFrame:
        """Return what it has logged: a line per step, a column per metric; also while it is trained.

        >>> list(study.trials()[0].curve().columns)
        ['loss']
        """
        import pandas as pd

        steps = self._files.metrics()
        frame = pd.DataFrame.from_dict(steps, orient="index").astype(float)
        return frame.rename_axis(index="step")

    def __repr__(self) -> str:
        metrics = ", ".join(f"{name}={value:.4g}" for name, value in self.metrics.items())
        return (
            f"<trial {self.id[:8]} of {self.stage}: {self._trial.axes_text}: {self.state} {metrics}".rstrip()
            + ">"
        )

    def _repr_html_(self) -> str:
        from html import escape

        lines = {
            "trial": self.id,
            "stage": self.stage,
            "state": self.state,
            "axes": self._trial.axes_text,
            "params": json.dumps(self._trial.params),
            "metrics": json.dumps(self.metrics),
            "folder": str(self.folder),
        }
        rows = "".join(f"<tr><th>{name}</th><td>{escape(text)}</td></tr>" for name, text in lines.items())
        return f"<table>{rows}</table>"
