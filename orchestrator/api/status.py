"""How far a study is, as a value that a notebook shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from orchestrator.messages.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DONE = "DONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How many trials of a study are in which state, and what a reader should know."""

    study: str
    """The name of the study."""
    states: Mapping[str, int] = field(default_factory=dict)
    """State, as `DONE` -> how many trials."""
    undecided: int = 0
    """Trials whose parameters are not known yet."""
    over: bool = False
    """Whether nothing is left that could go on without a command."""
    notes: Sequence[str] = ()
    """What failed, waits or is skipped, and what to do about it."""

    @property
    def trials(self) -> int:
        """How many trials the study has, undecided ones included."""
        return sum(self.states.values()) + self.undecided

    @property
    def done(self) -> int:
        """How many of them are finished."""
        return self.states.get(_DONE, 0)

    @property
    def counts(self) -> str:
        """The states as one text."""
        undecided = [f"{self.undecided} undecided"] * bool(self.undecided)
        return ", ".join([*(f"{count} {state}" for state, count in self.states.items()), *undecided])

    def __repr__(self) -> str:
        return f"{self.study}: {self.counts or 'no trial yet'}"

    def __str__(self) -> str:
        return "\n".join([repr(self), *map(plain, self.notes)])

    def _repr_html_(self) -> str:
        bar = f'<progress value="{self.done}" max="{max(1, self.trials)}"></progress>'
        lines = "\n".join(escape(plain(note)) for note in self.notes)
        return (
            f"<div><strong>{escape(self.study)}</strong> {bar} {self.done} of {self.trials} trials"
            f"<br>{escape(self.counts) or 'no trial yet'}"
            + (f"<pre>{lines}</pre>" if lines else "")
            + "</div>"
        )
