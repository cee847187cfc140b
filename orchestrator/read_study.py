"""From the path of a study file to a study whose every trial can be named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.core.needs import Sources
from orchestrator.core.plan import applies
from orchestrator.core.problems import Problems, dotted
from orchestrator.core.resolve import doubts, resolve
from orchestrator.core.search import examples
from orchestrator.edges.study_file import load
from orchestrator.edges.task_source import Task, find_task
from orchestrator.errors import Problem, StudyFileError, TaskError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestrator.core.plan import Point, Stage, Study
    from orchestrator.core.problems import Where
    from orchestrator.core.study import StudyFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A study file that was read without a problem."""

    study: Study
    file: StudyFile
    reports: tuple[str, ...]
    """Files of table definitions, as absolute paths."""
    tasks: Mapping[str, Task]
    where: Where
    warnings: tuple[Problem, ...] = ()
    """What is not wrong but hardly meant: axes, shapes and conditions that change nothing."""


def read_study(path: Path, *, set_: Sequence[str] = (), only: Sequence[str] = ()) -> Read:
    """Return the study of a file; raise StudyFileError with everything that is wrong with it."""
    loaded = load(path, set_=set_, only=only)
    problems = loaded.problems
    if loaded.file is None or loaded.whole is None:
        raise StudyFileError(sorted(problems.found, key=_place))
    named = {stage: entry.task for stage, entry in loaded.file.stages.items()}
    tasks = _tasks({**named, **loaded.broken_tasks}, problems)
    study = resolve(loaded.file, tasks, problems, loaded.broken)
    if study is None or problems.found:
        raise StudyFileError(sorted(problems.found, key=_place))
    warnings = Problems(problems.where)
    doubts(loaded.whole, warnings)
    return Read(
        study=study,
        file=loaded.file,
        reports=loaded.reports,
        tasks=tasks,
        where=problems.where,
        warnings=tuple(warnings.found),
    )


def study_name(path: Path) -> str:
    """Return the name of a file's study, whatever else may be wrong with the file."""
    loaded = load(path)
    if loaded.whole is None:
        raise StudyFileError(sorted(loaded.problems.found, key=_place))
    return loaded.whole.study


def _place(problem: Problem) -> tuple[str, int]:
    file, _, line = problem.where.rpartition(":")
    return (file, int(line)) if line.isdigit() else (problem.where, 0)


def _tasks(named: Mapping[str, str], problems: Problems) -> dict[str, Task]:
    """Return the tasks that can be imported by their names, noting the others."""
    stages: dict[str, str] = {}
    for stage, task in named.items():
        stages.setdefault(task, stage)
    tasks: dict[str, Task] = {}
    for name, stage in stages.items():
        try:
            tasks[name] = find_task(name)
        except TaskError as error:
            problems.add(("stages", stage, "task"), f"task `{name}`: {error}", error.hint)
    return tasks


def missing(read: Read, data: Path) -> list[Problem]:
    """Return what the tasks do not find on this machine: datasets and weights, each told once.

    Datasets are not looked for where a stage has a need named `data`: another trial makes them.
    """
    problems: dict[str, Problem] = {}
    for stage in read.study.stages:
        task = read.tasks[stage.task]
        if task.missing is None:
            continue
        for point in stage.points:
            made = any(edge.name == "data" and applies(edge, point.axes) for edge in stage.needs)
            params = task.model.model_validate(_example(read, stage, point))
            for text in task.missing(params, None if made else data):
                message, _, hint = text.partition("\nhint: ")
                keys = ("stages", stage.name)
                found = Problem(where=read.where(keys), path=dotted(keys), message=message, hint=hint or None)
                problems.setdefault(message, found)
    return list(problems.values())


def _example(read: Read, stage: Stage, point: Point) -> dict[str, Any]:
    """Return a point's parameters with an allowed value for each that is chosen later."""
    sources = Sources(file=read.file, stage=stage.name, edges=stage.needs)
    searched = examples(stage.search) if stage.search else {}
    return {**sources.examples(point.axes), **searched, **point.params}
