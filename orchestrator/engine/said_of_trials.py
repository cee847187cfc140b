"""What the tasks of a study say of their trials: how much disk each leaves, how many hours it takes."""

from __future__ import annotations

import inspect
import math
import traceback
from contextlib import chdir
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.engine.missing_data import example
from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.problems import brief
from orchestrator.study.edges.task_import import talking
from orchestrator.study.parameter_forms import as_declared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.study.edges.task_source import Task
    from orchestrator.study.read import Read
    from orchestrator.study.study import Point, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOfTrials:
    """A number for a trial of each point, as far as its task says one."""

    points: Mapping[tuple[str, int], float]
    """A point is named by its stage and its place in it; those of which nothing is said are left out."""
    notes: tuple[str, ...] = ()
    """Which functions are of no use, and why: no plan fails for that."""
    on: Mapping[str, str] = field(default_factory=dict)
    """Stage -> on what its numbers were measured, where its task says so."""


def disk_sizes(read: Read) -> SaidOfTrials:
    """Ask the tasks of a study how many bytes their trials leave behind."""
    points, notes = _asked(read, "disk", _is_size, "bytes as a whole number, None where it cannot say")
    return SaidOfTrials(points=points, notes=notes)


def trial_hours(read: Read) -> SaidOfTrials:
    """Ask the tasks of a study how many hours their trials take in their shapes, and on what was measured."""
    points, notes = _asked(read, "hours", _is_duration, "hours as a number, None where it cannot say")
    stages = {stage.name: read.tasks[stage.task].hours_on for stage in read.study.stages}
    return SaidOfTrials(points=points, notes=notes, on={name: on for name, on in stages.items() if on})


def _is_size(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and given >= 0


def _is_duration(given: Any) -> bool:
    number = isinstance(given, int | float) and not isinstance(given, bool)
    return number and math.isfinite(given) and given >= 0


def _asked(
    read: Read, name: str, fits: Callable[[Any], bool], wanted: str
) -> tuple[dict[tuple[str, int], Any], tuple[str, ...]]:
    """Ask each task's function of that name about every point; return what fits, and notes on the rest."""
    points: dict[tuple[str, int], Any] = {}
    notes: dict[str, None] = {}
    with talking():
        for stage in read.study.stages:
            task = read.tasks[stage.task]
            for place, point in enumerate(stage.points if getattr(task, name) else ()):
                more = (stage.shape_of(point).all_gpus,) if name == "hours" else ()
                given = _ask(read, task, name, (stage, point), *more)
                if isinstance(given, _Trouble):
                    notes[f"{given}; it should return {wanted}"] = None
                elif given is not None and fits(given):
                    points[stage.name, place] = given
                elif given is not None:
                    notes[f"{_returned(task, name, given, stage)}; it should return {wanted}"] = None
    bar_strangers()  # a task that was asked may have opened the umask
    return points, tuple(notes)


class _Trouble(str):
    """Why a function could not answer."""


def _ask(read: Read, task: Task, name: str, where: tuple[Stage, Point], *more: int) -> Any:
    """Return what a task's function says of one point; it is handed the parameters and what there is more."""
    stage, point = where
    params = as_declared(task.model.model_validate(example(read, stage, point)))
    try:
        with chdir("."):
            return getattr(task, name)(params, *more)
    except (Exception, SystemExit) as error:  # a task may raise anything
        last = traceback.extract_tb(error.__traceback__)[-1]
        failed = f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"
        return _Trouble(f"`{task.names[name]}` failed for stage `{stage.name}`: {failed}")


def _returned(task: Task, name: str, given: Any, stage: Stage) -> str:
    code = getattr(inspect.unwrap(getattr(task, name)), "__code__", None)
    where = f" ({code.co_filename}:{code.co_firstlineno})" if code else ""
    return f"`{task.names[name]}` returned `{brief(given)}` for stage `{stage.name}`{where}"
