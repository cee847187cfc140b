"""The shape of each point of a stage, where its shape refers to axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from orchestrator.messages.wording import mistakes
from orchestrator.study.lockstep import PARTNER
from orchestrator.study.matrix import substituted
from orchestrator.study.shape import Shape
from orchestrator.study.trial import axes_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.messages.problems import Keys, Problems
    from orchestrator.messages.wording import Mistake
    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.shape_entry import ShapeEntry
    from orchestrator.study.study import Point
    from orchestrator.study.study_file import StageEntry

_TORCHRUN = (
    "write for example `command: torchrun --nnodes=${nodes} --nproc_per_node=${gpus} "
    "--rdzv-backend=c10d --rdzv-endpoint=${rendezvous} train.py`"
)
_SLOTS = "write `slots:` to let trials, each a program, share a worker"


def with_shapes(
    points: Sequence[Point],
    reaches: Sequence[Mapping[str, Any]],
    entry: ShapeEntry,
    keys: Keys,
    problems: Problems,
) -> tuple[Shape, tuple[Point, ...]]:
    """Return the first point's shape, and the points, of which those with another shape carry it.

    `reaches` is what `${...}` may name at each point; what it does not reach is told elsewhere.
    """
    shapes: list[Shape | None] = []
    told: set[tuple[Keys, str]] = set()
    for point, reach in zip(points, reaches, strict=True):
        shape, wrong = _shape_at(reach, entry)
        shapes.append(shape)
        for mistake in wrong:
            reason = (*keys, *mistake.keys), mistake.message
            if reason not in told:
                told.add(reason)
                message = f"at {axes_text(point.axes)}: {mistake.message}"
                problems.add(reason[0], message, mistake.hint)
    first = next(filter(None, shapes), Shape())
    return first, tuple(
        point if shape in (None, first) else point.model_copy(update={"shape": shape})
        for point, shape in zip(points, shapes, strict=True)
    )


def check_nodes(entry: StageEntry, shapes: Sequence[Shape | None], keys: Keys, problems: Problems) -> None:
    """Note a task that is to have several nodes."""
    nodes = max(shape.nodes for shape in shapes if shape)
    if nodes > 1 and not entry.command and entry.shape:
        message = f"`nodes: {nodes}` is for stages with a `command:`, and `{keys[-1]}` is a task: one program"
        problems.add(("shapes", entry.shape, "nodes"), message, _TORCHRUN)


def check_lockstep(
    entry: StageEntry, task: TaskDescription | None, shapes: Sequence[Shape | None], problems: Problems
) -> None:
    """Note a task that cannot train several trials at once and is to."""
    most = max(shape.lockstep for shape in shapes if shape)
    if most == 1 or task is None or task.lockstep is not None or not entry.shape:
        return
    keys, given = ("shapes", entry.shape, "lockstep"), f"`lockstep: {most}`"
    if entry.command:
        problems.add(keys, f"{given} is for tasks, and a command is a program of its own", _SLOTS)
        return
    function = entry.task.rpartition(".")[2]
    message = f"{given} is for tasks that train several trials at once, and `{entry.task}` does not say how"
    own = f"give its module `{function}{PARTNER}(params, contexts)` and `LOCKSTEP`"
    problems.add(keys, message, f"{own}, or {_SLOTS}")


def _shape_at(reach: Mapping[str, Any], entry: ShapeEntry) -> tuple[Shape | None, list[Mistake]]:
    """Return the shape at a point, or what is wrong with it there."""
    if not entry.references <= reach.keys():
        return None, []
    try:
        return entry.at(reach), []
    except ValidationError as error:
        return None, mistakes(error, substituted(dict(entry.later), reach), Shape)
