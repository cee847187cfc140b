"""What is told of trials that share GPUs, or could."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.gpu_packing import Packing, packing
from orchestrator.evidence.gpu_use import gpu_use, load_of, slots_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.gpu_packing import Cost, Estimate
    from orchestrator.evidence.state import Seen
    from orchestrator.study.shape import Shape
    from orchestrator.study.study import Study

_IDLE = 50
"""A GPU that is busy for less than so many percent of the time is idle for most of it."""
_MODEL = (
    "an estimate: the busy times and the memory of trials on one GPU add up, to nine tenths of it at most, "
    "and up to there none gets slower"
)


def packings(study: Study, seen: Seen, rows: list[dict[str, Any]]) -> dict[str, Packing]:
    """Return what is known of each stage with GPUs; `rows` are those of its plan."""
    to_do = {row["stage"]: row["to_do"] for row in rows}
    found = {stage.name: packing(stage, seen, to_do[stage.name]) for stage in study.stages}
    return {name: one for name, one in found.items() if one.estimate or one.costs}


def with_packing(rows: list[dict[str, Any]], found: Mapping[str, Packing]) -> list[dict[str, Any]]:
    """Return the rows of a plan with what is known of each stage; None where that is nothing."""
    return [{**row, "packing": asdict(one) if (one := found.get(row["stage"])) else None} for row in rows]


def packing_lines(study: Study, found: Mapping[str, Packing]) -> list[str]:
    """Return what `slots` would save, and what they have saved, a line for each stage and each of these."""
    lines, estimated = [], False
    for name, one in found.items():
        stage = study.stage(name)
        if one.estimate and one.estimate.slots > min(shape.slots for shape in stage.shapes):
            lines.append(f"{name}: {_estimate_text(one.estimate, stage.shape_name)}")
            estimated = True
        lines += [f"{name}: {_measured_text(one.costs[0], cost)}" for cost in one.costs[1:]]
    return [*lines, *([_MODEL] if estimated else [])]


def _estimate_text(found: Estimate, shape: str | None) -> str:
    would = "would take" if found.ahead else "would have taken"
    what = f"the {_counted(found.trials)}{' to do' if found.ahead else ''}"
    return (
        f"{_counted(found.measured)} measured, GPU {found.busy:.0f} % busy for each, "
        f"{found.memory / 1024:.1f} of {found.of / 1024:.1f} GB: "
        f"with `slots: {found.slots}`{_in_shape(shape)} {what} {would} "
        f"{_hours(found.packed)} instead of {_hours(found.gpu_hours)} GPU-hours"
    )


def _hours(hours: float) -> str:
    return f"{hours:.1f}" if hours >= 1 else f"{hours:.3f}"


def _measured_text(least: Cost, other: Cost) -> str:
    change = 100 * (other.gpu_hours / least.gpu_hours - 1) if least.gpu_hours else 0
    return (
        f"measured, a trial took {_hours(least.gpu_hours)} GPU-hours {_company(least)} and "
        f"{_hours(other.gpu_hours)} {_company(other)}, {abs(change):.0f} % {'more' if change > 0 else 'less'}"
    )


def _company(cost: Cost) -> str:
    with_whom = "alone" if cost.slots == 1 else f"in {cost.slots} slots"
    return f"{with_whom} (mean of {_counted(cost.trials)})"


def _counted(trials: int) -> str:
    return f"{trials} trial" + "s" * (trials != 1)


def _in_shape(name: str | None) -> str:
    return f" in the shape `{name}`" if name else " in its shape"


def gpu_line(provenance: Mapping[str, Any], shape: Shape, name: str | None) -> str:
    """Return how a trial used its GPU, and what to type where that was little; empty where nobody knows."""
    use, slots = gpu_use(provenance), slots_of(provenance)
    if use is None:
        return ""
    if "lockstep" in provenance:
        return f"{use.text}, by all that were trained in lockstep"
    company = f", as one of {slots} trials at once" if slots > 1 else ""
    load = load_of([(use, slots)])
    idle = use.busy is not None and use.busy < _IDLE
    if load is None or not idle or shape.nodes > 1 or load.slots <= max(slots, shape.slots):
        return use.text + company
    would = f"`slots: {load.slots}`{_in_shape(name)} would let {load.slots} such trials share it"
    return f"{use.text}{company}: {would}"
