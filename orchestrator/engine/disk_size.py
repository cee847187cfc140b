"""What the tasks of a study say of how much disk their trials leave behind."""

from __future__ import annotations

import inspect
import traceback
from contextlib import chdir
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.engine.missing_data import example
from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.problems import brief
from orchestrator.study.edges.task_import import talking
from orchestrator.study.parameter_forms import as_declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.study.edges.task_source import Task
    from orchestrator.study.read import Read
    from orchestrator.study.study import Point, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskSizes:
    """Bytes that a trial of each point leaves, as far as its task says."""

    points: Mapping[tuple[str, int], int]
    """A point is named by its stage and its place in it; those of which nothing is said are left out."""
    notes: tuple[str, ...] = ()
    """Which functions are of no use, and why: no plan fails for that."""


def disk_sizes(read: Read) -> DiskSizes:
    """Ask the tasks of a study how much disk their trials leave behind."""
    points: dict[tuple[str, int], int] = {}
    notes: dict[str, None] = {}
    with talking():
        for stage in read.study.stages:
            task = read.tasks[stage.task]
            for place, point in enumerate(stage.points if task.disk else ()):
                given = _ask(read, task, stage, point)
                if isinstance(given, str):
                    notes[f"{given}; it should return bytes as a whole number, None where it cannot say"] = (
                        None
                    )
                elif given is not None:
                    points[stage.name, place] = given
    bar_strangers()  # a task that was asked may have opened the umask
    return DiskSizes(points=points, notes=tuple(notes))


def _ask(read: Read, task: Task, stage: Stage, point: Point) -> int | str | None:
    """Return what the stage's task says of one point; a text where that is of no use."""
    assert task.disk is not None
    params = as_declared(task.model.model_validate(example(read, stage, point)))
    name = f"`{task.names['disk']}`"
    try:
        with chdir("."):
            given: Any = task.disk(params)
    except (Exception, SystemExit) as error:  # a task may raise anything
        last = traceback.extract_tb(error.__traceback__)[-1]
        failed = f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"
        return f"{name} failed for stage `{stage.name}`: {failed}"
    if given is None or (isinstance(given, int) and not isinstance(given, bool) and given >= 0):
        return given
    code = getattr(inspect.unwrap(task.disk), "__code__", None)
    where = f" ({code.co_filename}:{code.co_firstlineno})" if code else ""
    return f"{name} returned `{brief(given)}` for stage `{stage.name}`{where}"
