"""From the path of a study file to a study whose every trial can be named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.errors import Problem, StudyFileError, TaskError
from orchestrator.messages.problems import Problems
from orchestrator.study.command import TASK
from orchestrator.study.edges.command_files import check_files
from orchestrator.study.edges.load import load
from orchestrator.study.edges.task_source import Task, find_task
from orchestrator.study.records import check_fields
from orchestrator.study.resolve import doubts, resolve
from orchestrator.study.searches.edges.pruner_options import check_pruners
from orchestrator.study.searches.edges.sampler_check import check_samplers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestrator.files.yaml_file import Document
    from orchestrator.messages.problems import Locate
    from orchestrator.study.edges.load import Loaded
    from orchestrator.study.names import Names
    from orchestrator.study.study import Study
    from orchestrator.study.study_file import StudyFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A study file that was read without a problem."""

    study: Study
    file: StudyFile
    reports: tuple[str, ...]
    """Files of table definitions, as absolute paths."""
    tasks: Mapping[str, Task]
    where: Locate
    names: Names
    """What report files may speak of."""
    warnings: tuple[Problem, ...] = ()
    """What is not wrong but hardly meant: axes, shapes and conditions that change nothing."""
    sources: tuple[Path, ...] = ()
    """The files that the study is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What can be told of a study file that somebody is still writing."""

    file: StudyFile
    axes: frozenset[str]
    tasks: Mapping[str, Task]
    """Stage -> its task, where that can be imported."""
    problems: tuple[Problem, ...]
    """What is wrong so far, and was left out."""


def read_draft(path: Path) -> Draft:
    """Return what can be told of a study file; raise StudyFileError where that is nothing."""
    loaded = load(path)
    if loaded.whole is None:
        raise StudyFileError(sorted(loaded.problems.found, key=_place))
    named = {stage: entry.task for stage, entry in loaded.whole.stages.items()}
    stages = {**named, **loaded.broken_tasks}
    tasks = _tasks(stages, loaded.problems)
    return Draft(
        file=loaded.whole,
        axes=loaded.names.axes,
        tasks={stage: tasks[name] for stage, name in stages.items() if name in tasks},
        problems=tuple(sorted(loaded.problems.found, key=_place)),
    )


def read_study(
    path: Path, *, set_: Sequence[str] = (), only: Sequence[str] = (), given: Document | None = None
) -> Read:
    """Return the study of a file, or the one `given` in Python that will be written there.

    Raises StudyFileError with everything that is wrong with it.
    """
    loaded = load(path, set_=set_, only=only, given=given)
    problems = loaded.problems
    if loaded.file is None or loaded.whole is None:
        raise StudyFileError(sorted(problems.found, key=_place))
    named = {stage: entry.task for stage, entry in loaded.file.stages.items()}
    found = _tasks({**named, **loaded.broken_tasks}, problems)
    file, tasks = _named_alike(loaded.file, found), {task.name: task for task in found.values()}
    warnings = Problems(problems.where)
    check_files(file, problems, warnings)
    check_samplers(file, problems)
    check_pruners(file, problems)
    study = resolve(file, tasks, problems, loaded.broken)
    if not any(keys[0] in ("stages", "shapes") for keys in loaded.broken):  # what was left out may use them
        check_fields(loaded.whole, {**found, **tasks}, problems)
    if study is None or problems.found:
        raise StudyFileError(sorted(problems.found, key=_place))
    doubts(loaded.whole, warnings)
    return Read(
        study=study,
        file=file,
        reports=file.reports,
        tasks=tasks,
        where=problems.where,
        names=_names(loaded, tasks),
        warnings=tuple(warnings.found),
        sources=loaded.sources,
    )


def _named_alike(file: StudyFile, found: Mapping[str, Task]) -> StudyFile:
    """Return the file with one name for each task, whatever way it is spelled: trials are named by it."""
    stages = {
        stage: entry.model_copy(update={"task": found[entry.task].name}) if entry.task in found else entry
        for stage, entry in file.stages.items()
    }
    return file.model_copy(update={"stages": stages})


def _names(loaded: Loaded, tasks: Mapping[str, Task]) -> Names:
    """Return the names of the study, those of its parameters where all of its tasks are known."""
    stages = loaded.file.stages if loaded.file else {}
    params = {name for task in tasks.values() for name in task.model.model_fields} - {TASK}
    for entry in stages.values():  # a model may take keys that it does not name
        params.update(entry.params, entry.over, entry.search.names if entry.search else ())
    whole = stages.keys() == loaded.names.stages
    return replace(loaded.names, kept=frozenset(stages), params=frozenset(params) if whole else None)


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
    """Return the tasks that can be imported by the names that the file gives them, noting the others."""
    stages: dict[str, str] = {}
    for stage, task in named.items():
        stages.setdefault(task, stage)
    tasks: dict[str, Task] = {}
    for name, stage in stages.items():
        try:
            tasks[name] = find_task(name)
        except TaskError as error:
            problems.add(("stages", stage, "task"), f"task `{name}`: {error}", error.hint)
    bar_strangers()  # a module may have opened the umask
    return tasks
