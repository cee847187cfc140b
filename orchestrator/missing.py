"""What the tasks of a study do not find on this machine, datasets and weights: asked before it is queued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.core.needs import Sources
from orchestrator.core.plan import Known, applies, expand
from orchestrator.core.search import examples
from orchestrator.core.skipped import lacks_of, skipped, skipping, told
from orchestrator.core.state import judge
from orchestrator.errors import MissingDataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.core.plan import Point, Stage, Study
    from orchestrator.core.skipped import Lack
    from orchestrator.read_study import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Everything that is not there."""

    lacks: tuple[Lack, ...]
    """Each told once."""
    study: Study
    """The study whose points know what they miss."""


def find_missing(read: Read, data: Path) -> Missing:
    """Return what the tasks do not find.

    Datasets are not looked for where a stage has a need named `data`: another trial makes them.
    """
    points: dict[tuple[str, int], tuple[str, ...]] = {}
    for stage in read.study.stages:
        for place, point in enumerate(stage.points):
            points[stage.name, place] = _ask(read, stage, point, data.resolve())
    wanting = [(text, stage) for (stage, _), texts in points.items() for text in texts]
    return Missing(lacks=lacks_of(wanting), study=skipping(read.study, points))


def refuse(missing: Missing, file: Path) -> None:
    """Raise MissingDataError with everything that is missing, and how many trials can do without it."""
    if not missing.lacks:
        return
    seen = judge(expand(missing.study, Known()), {})
    total = len(seen.states) + sum(seen.plan.undecided.values())
    rest = total - len(skipped(missing.study, seen))
    count = f"{len(missing.lacks)} dataset{'s' * (len(missing.lacks) > 1)} or weight files"
    raise MissingDataError(
        f"{count} not found, nothing was queued:\n{told(missing.lacks)}",
        hint=f"put them there; {rest or 'none'} of {total} trials can do without, which "
        f"`python -m orchestrator submit {file} --skip-missing-data` would train",
    )


def _ask(read: Read, stage: Stage, point: Point, data: Path) -> tuple[str, ...]:
    """Return what the stage's task says is missing for one point."""
    task = read.tasks[stage.task]
    if task.missing is None:
        return ()
    made = any(edge.name == "data" and applies(edge, point.axes) for edge in stage.needs)
    params = task.model.model_validate(_example(read, stage, point))
    return tuple(task.missing(params, None if made else data))


def _example(read: Read, stage: Stage, point: Point) -> Mapping[str, Any]:
    """Return a point's parameters with an allowed value for each that is chosen later."""
    sources = Sources(file=read.file, stage=stage.name, edges=stage.needs)
    searched = examples(stage.search) if stage.search else {}
    return {**sources.examples(point.axes), **searched, **point.params}
