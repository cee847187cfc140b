"""Shapes that a place cannot give: told before anything is written; and what it makes nothing of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.messages.errors import UserError
from orchestrator.messages.problems import nearest
from orchestrator.places.profile import limits_of
from orchestrator.places.table import place_of
from orchestrator.study.shape import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.places.profile import Profile
    from orchestrator.study.shape import Shape
    from orchestrator.study.study import Study


def refuse_beyond_limits(study: Study, profile: Profile) -> None:
    """Raise UserError with everything that no node, or no job, of the place can give."""
    if told := beyond_limits(study, profile):
        raise UserError(
            "\n".join(told),
            hint="lower that in the stages' shapes; a trial that needs more time goes on in the next worker",
        )


def beyond_limits(study: Study, profile: Profile) -> list[str]:
    """Return in words what shapes ask for and the place cannot give, each once."""
    told = [
        f"{stage.name} asks for {wrong}"
        for stage in study.stages
        for shape in stage.shapes
        for wrong in _beyond(shape, profile)
    ]
    return list(dict.fromkeys(told))


def _beyond(shape: Shape, profile: Profile) -> Iterator[str]:
    if shape.nodes > 1 and place_of(profile).node_starter(shape.nodes) is None:
        what = "this machine is one" if profile.here else f"jobs of `{profile.scheduler}` have one"
        yield f"{shape.nodes} nodes, and {what}: --cluster NAME, or `nodes: 1` in its shape"
    if profile.here:
        return
    known = {profile.partition, *profile.partitions}
    if profile.partitions and shape.partition and shape.partition not in known:
        others = nearest(shape.partition, sorted(filter(None, known)))
        yield f"partition `{shape.partition}`, which `{profile.name}` does not have; {others}"
        return
    most = limits_of(profile, shape)
    where = f"`{profile.name}`" + (f", partition `{shape.partition}`, has" if shape.partition else " has")
    if most.max_time is not None and shape.time > most.max_time:
        ends = f"`{profile.name}`" + (f", partition `{shape.partition}`," if shape.partition else "")
        yield f"{format_duration(shape.time)}, but {ends} ends jobs after {format_duration(most.max_time)}"
    if most.max_memory is not None and shape.memory > most.max_memory:
        yield f"{shape.memory} MB, but no node of {where} more than {most.max_memory} MB"
    if most.max_cpus is not None and shape.cpus > most.max_cpus:
        yield f"{shape.cpus} cores, but no node of {where} more than {most.max_cpus}"
    if most.max_gpus is not None and shape.gpus > most.max_gpus:
        yield f"{shape.gpus} GPUs, but no node of {where} more than {most.max_gpus}"
    if most.max_nodes is not None and shape.nodes > most.max_nodes:
        yield f"{shape.nodes} nodes, but a job of {where.removesuffix(' has')} may have {most.max_nodes}"


def unused_placement(study: Study) -> str:
    """Return which keys of the study's shapes mean nothing on this machine; empty where none does."""
    shapes = [shape for stage in study.stages for shape in stage.shapes]
    keys = list(dict.fromkeys(key for shape in shapes for key in shape.chosen))
    return f"{', '.join(keys)} of shapes are for a cluster only, and ignored here" if keys else ""
