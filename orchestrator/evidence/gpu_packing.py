"""What `slots` save of GPU-hours: an estimate from what was measured, and what was measured itself.

The estimate: of trials that share a GPU the times in which they keep it busy add up, and so does their
memory, to nine tenths of the GPU at most; up to there none gets slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from orchestrator.evidence.gpu_use import gpu_use, load_of, slots_of
from orchestrator.evidence.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.evidence import Evidence
    from orchestrator.evidence.gpu_use import GpuUse, Load
    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Stage

_HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What trials would take of GPUs that as many of them share as fit."""

    measured: int
    """Finished trials that it rests on."""
    busy: float
    """Percent of the time for which one of them keeps a GPU busy."""
    memory: int
    """Megabytes of the largest, of so many megabytes of the GPU."""
    of: int
    slots: int
    """So many fit on one GPU."""
    trials: int
    """Those that the hours are of: what is to do, else what is done."""
    ahead: bool
    """Whether they are still to do."""
    gpu_hours: float
    """With the slots that their shapes have."""
    packed: float
    """With as many as fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What finished trials have taken, on average, in workers of so many slots."""

    slots: int
    trials: int
    gpu_hours: float
    """Of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """What is known of a stage whose trials have GPUs."""

    estimate: Estimate | None
    costs: tuple[Cost, ...]
    """By slots, where there are trials with different ones."""


@dataclass(frozen=True, slots=True)
class _Finished:
    gpu_seconds: float
    """Of the whole GPUs, whoever shared them."""
    slots: int
    use: GpuUse | None
    whole: bool
    """Whether one attempt has done all of it."""


def packing(stage: Stage, seen: Seen, to_do: int) -> Packing:
    """Return what `slots` save in a stage, of which so many trials are left to do."""
    finished = [
        _finished(shape.gpus, seen.evidence[trial.id])
        for trial in seen.plan.of(stage.name)
        if seen.states[trial.id] is State.DONE
        and not _in_lockstep(seen.evidence[trial.id])
        and (shape := stage.shape_of(trial)).gpus
        and shape.nodes == 1  # slots are of one node
    ]
    return Packing(estimate=_estimate(stage, finished, to_do), costs=_costs(finished))


def _in_lockstep(evidence: Evidence) -> bool:
    """Say whether a result was trained with others as one model: nobody knows its own share of the GPU."""
    return evidence.result is not None and "lockstep" in evidence.result.provenance


def _finished(gpus: int, evidence: Evidence) -> _Finished:
    made_with = evidence.result.provenance if evidence.result else {}
    return _Finished(
        gpus * evidence.seconds, slots_of(made_with), gpu_use(made_with), len(evidence.attempts) < 2
    )


def _estimate(stage: Stage, finished: Sequence[_Finished], to_do: int) -> Estimate | None:
    measured = [one for one in finished if one.use is not None and one.use.busy is not None]
    load: Load | None = load_of([(one.use, one.slots) for one in measured if one.use is not None])
    if load is None:
        return None
    now = min(shape.slots for shape in stage.shapes)
    each = fmean(one.gpu_seconds for one in measured) / _HOUR_S
    trials = to_do or len(measured)
    return Estimate(
        measured=len(measured),
        busy=load.busy,
        memory=load.memory,
        of=load.of,
        slots=load.slots,
        trials=trials,
        ahead=bool(to_do),
        gpu_hours=trials * each / now,
        packed=trials * each / load.slots,
    )


def _costs(finished: Sequence[_Finished]) -> tuple[Cost, ...]:
    by_slots: dict[int, list[float]] = {}
    for one in finished:
        if one.whole:  # the attempts before may have had other company
            by_slots.setdefault(one.slots, []).append(one.gpu_seconds / one.slots / _HOUR_S)
    if len(by_slots) < 2:
        return ()
    return tuple(
        Cost(slots=slots, trials=len(hours), gpu_hours=fmean(hours))
        for slots, hours in sorted(by_slots.items())
    )
