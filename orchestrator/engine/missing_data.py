"""What the tasks of a study do not find on this machine, datasets and weights: asked before it is queued."""

from __future__ import annotations

from contextlib import chdir
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.skipped import skipped, skipping, told
from orchestrator.evidence.state import State
from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.errors import MissingDataError, TaskError
from orchestrator.messages.problems import brief
from orchestrator.study.edges.task_import import talking
from orchestrator.study.needs import Sources
from orchestrator.study.parameter_forms import as_declared
from orchestrator.study.plan import applies
from orchestrator.study.searches.space_checks import examples
from orchestrator.study.searches.tree import laid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.evidence.state import Seen
    from orchestrator.study.read import Read
    from orchestrator.study.study import Point, Stage, Study


_LIST = "let it return a `list[str]` of messages, `[]` when nothing is missing"


def without_missing(read: Read, data: Path) -> Study:
    """Return the study whose points know what their tasks do not find.

    Datasets are not looked for where a stage has a need named `data`: another trial makes them.
    """
    points: dict[tuple[str, int], tuple[str, ...]] = {}
    with talking():
        for stage in read.study.stages:
            for place, point in enumerate(stage.points):
                points[stage.name, place] = _ask(read, stage, point, data.resolve())
    bar_strangers()  # a task that was asked may have opened the umask
    return skipping(read.study, points)


def refuse(study: Study, seen: Seen, file: Path) -> None:
    """Raise MissingDataError with everything that unfinished trials miss, and how many can do without it."""
    held = skipped(study, seen)
    if not held:
        return
    total = len(seen.states) + sum(seen.plan.undecided.values())
    rest = total - len(held) - seen.count().get(State.DONE, 0)
    lacks = held.lacks
    without = (
        f"{rest} of {total} trials can do without, which "
        f"`python -m orchestrator submit {file} --skip-missing-data` would train"
    )
    raise MissingDataError(
        f"{len(lacks)} dataset{'s' * (len(lacks) > 1)} or weight files not found, nothing was queued:\n"
        f"{told(lacks)}",
        hint=f"put them there; {without if rest else 'no trial can do without'}",
    )


def _ask(read: Read, stage: Stage, point: Point, data: Path) -> tuple[str, ...]:
    """Return what the stage's task says is missing for one point.

    Raises TaskError when the task's own function fails, or returns something else than it should.
    """
    task = read.tasks[stage.task]
    if task.missing is None:
        return ()
    made = any(edge.name == "data" and applies(edge, point.axes) for edge in stage.needs)
    params = as_declared(task.model.model_validate(example(read, stage, point)))
    try:
        with chdir("."):
            lacks = task.missing(params, None if made else data)
    except (Exception, SystemExit) as error:  # a task may raise anything
        raise TaskError(
            f"`{task.names['missing']}` failed for stage `{stage.name}`: {type(error).__name__}: {error}",
            _LIST,
        ) from error
    if not isinstance(lacks, list | tuple) or not all(isinstance(lack, str) for lack in lacks):
        kind = "the text " if isinstance(lacks, str) else ""
        raise TaskError(
            f"`{task.names['missing']}` returned {kind}`{brief(lacks)}` for stage `{stage.name}`", _LIST
        )
    return tuple(lacks)


def example(read: Read, stage: Stage, point: Point) -> Mapping[str, Any]:
    """Return a point's parameters with an allowed value for each that is chosen later."""
    sources = Sources(file=read.file, stage=stage.name, edges=stage.needs)
    searched = examples(stage.search) if stage.search else {}
    return laid(stage.task, point.params, {**sources.examples(point.axes), **searched})
