"""What pruners decided of a trial, step by step, and what follows from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import Field

from orchestrator.study.trial import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable


class Decision(Stored):
    """What was decided when a trial had logged a step: whether it ends there."""

    step: int
    value: float
    prune: bool
    attributes: Mapping[str, float] = Field(default_factory=dict, exclude_if=lambda noted: not noted)
    """What Optuna's pruner noted beside the trial, as the rungs that it has completed."""
    pruner: str = Field(default="", exclude_if=lambda name: not name)
    """Who ended the trial; this and what follows is said of a trial that ends."""
    metric: str = Field(default="", exclude_if=lambda name: not name)
    against: Mapping[str, int] = Field(default_factory=dict, exclude_if=lambda curves: not curves)
    """Trials that it was compared with -> the last step that was seen of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the decisions of all attempts at a trial come to."""

    decided: Mapping[int, Decision] = field(default_factory=dict)
    """Step -> its first decision, which stays."""
    pruned: Decision | None = None
    """That by which the trial ends, whatever becomes of the attempt at hand."""
    spared: bool = False
    """Whether it was pruned and taken up again by hand: it is not pruned any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was decided in one attempt, and what became of that."""

    decisions: tuple[Decision, ...]
    pruned: bool
    """Whether its exit says so."""
    forgiven: bool
    """Whether `retry` was typed after it."""


def standing(attempts: Iterable[Judged]) -> Standing:
    """Return where a trial stands after some attempts, in their order."""
    decided: dict[int, Decision] = {}
    pruned: Decision | None = None
    ends = spared = False
    for attempt in attempts:
        for decision in attempt.decisions:
            decided.setdefault(decision.step, decision)
            pruned = pruned or (decision if decision.prune else None)
        ends = ends or attempt.pruned or pruned is not None
        spared = spared or (ends and attempt.forgiven)
    return Standing(decided=decided, pruned=None if spared else pruned, spared=spared)
