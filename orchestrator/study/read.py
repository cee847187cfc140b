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

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

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


def read_study(path: Path, *, set_: Sequence[str] = (), only: Sequence[str] = ()) -> Read:
    """Return the study of a file; raise StudyFileError with everything that is wrong with it."""
    loaded = load(path, set_=set_, only=only)
    problems = loaded.problems
    if loaded.file is None or loaded.whole is None:
        raise StudyFileError(sorted(problems.found, key=_place))
    named = {stage: entry.task for stage, entry in loaded.file.stages.items()}
    tasks = _tasks({**named, **loaded.broken_tasks}, problems)
    warnings = Problems(problems.where)
    check_files(loaded.file, problems, warnings)
    study = resolve(loaded.file, tasks, problems, loaded.broken)
    if not any(keys[0] in ("stages", "shapes") for keys in loaded.broken):  # what was left out may use them
        check_fields(loaded.whole, tasks, problems)
    if study is None or problems.found:
        raise StudyFileError(sorted(problems.found, key=_place))
    doubts(loaded.whole, warnings)
    return Read(
        study=study,
        file=loaded.file,
        reports=loaded.file.reports,
        tasks=tasks,
        where=problems.where,
        names=_names(loaded, tasks),
        warnings=tuple(warnings.found),
        sources=loaded.sources,
    )


def _names(loaded: Loaded, tasks: Mapping[str, Task]) -> Names:
    """Return the names of the study, those of its parameters where all of its tasks are known."""
    stages = loaded.file.stages if loaded.file else {}
    params = {name for task in tasks.values() for name in task.model.model_fields} - {TASK}
    for entry in stages.values():  # a model may take keys that it does not name
        params.update(entry.params, entry.over, entry.search.space if entry.search else ())
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
    bar_strangers()  # a module may have opened the umask
    return tasks
