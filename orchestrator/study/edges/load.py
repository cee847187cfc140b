"""The study file: what it extends and composes, what the command line overrides, what is wrong with it."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.files.plain_file import is_plain
from orchestrator.files.yaml_file import Document, read_yaml
from orchestrator.messages.errors import StudyFileError
from orchestrator.messages.problems import Keys, Problems
from orchestrator.study.edges.compose import composed, merged
from orchestrator.study.edges.overrides import kept, overridden
from orchestrator.study.names import Names, given_names
from orchestrator.study.searches.space import has_text_keys
from orchestrator.study.study_file import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.study.study_file import StudyFile

_MOST_FILES = 100
"""Files that a study is made of, each counted as often as it is named: a few that name each other twice
could mean billions."""


@dataclass(frozen=True, slots=True)
class _Trail:
    """The files that led to the present one, how many were named in all, and which were read."""

    files: tuple[Path, ...]
    count: Iterator[int]
    read: list[Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A study file after everything it refers to was followed."""

    file: StudyFile | None
    """What can be used of it; None where that is too little to go on."""
    problems: Problems
    """Everything wrong so far; further checks add to it."""
    broken: frozenset[Keys] = frozenset()
    """Axes, shapes and stages that were left out because something is wrong with them."""
    whole: StudyFile | None = None
    """The file with the stages that `--only` leaves out."""
    names: Names = field(default_factory=Names)
    """The stages and axes of the whole file."""
    broken_tasks: Mapping[str, str] = field(default_factory=dict)
    """Stage that was left out -> its task, which can be looked for all the same."""
    sources: tuple[Path, ...] = ()
    """The files that the study is made of."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What they say together, as one file would."""


def load(
    path: Path, *, set_: Sequence[str] = (), only: Sequence[str] = (), given: Document | None = None
) -> Loaded:
    """Read a study file, follow `extends` and `studies`, override, and check it key by key.

    What is `given` in Python stands for the file, and names others by their absolute paths.
    """
    problems = Problems(lambda _: f"{path}:1")
    read: list[Path] = []
    document = _followed(path, _Trail((), itertools.count(1), read), problems, given)
    if document is None:
        return Loaded(file=None, problems=problems)
    document = overridden(document, set_, problems)
    problems = Problems(document.where, problems.found)
    file, broken = checked(document.data, problems)
    if file is None:
        return Loaded(file=None, problems=problems, broken=broken)
    for report in file.reports:
        if not is_plain(Path(report)):
            problems.add(("report",), f"there is no file `{report}`", "write it, or remove it from `report:`")
    return Loaded(
        file=kept(file, only, problems),
        problems=problems,
        broken=broken,
        whole=file,
        names=given_names(file, document.marks),
        broken_tasks=_tasks_of(document, broken),
        sources=tuple(read),
        data=document.data,
    )


def _tasks_of(document: Document, broken: frozenset[Keys]) -> dict[str, str]:
    stages = {str(keys[1]) for keys in broken if keys[0] == "stages" and len(keys) == 2}
    entries = {name: document.data["stages"][name] for name in sorted(stages)}
    return {
        name: entry["task"]
        for name, entry in entries.items()
        if isinstance(entry, dict) and isinstance(entry.get("task"), str)
    }


def _followed(
    path: Path, trail: _Trail, problems: Problems, given: Document | None = None
) -> Document | None:
    """Return the file merged over those that it names; None where one of them cannot be read."""
    try:
        own = _with_absolute_reports(given or read_yaml(path, text_keys=has_text_keys), path)
    except StudyFileError as error:
        problems.found.extend(error.problems)
        return None
    problems = Problems(own.where, problems.found)
    trail.read.append(path)
    trail = replace(trail, files=(*trail.files, path))
    noted = len(problems.found)
    bases = [_other(path, name, trail, ("extends",), problems) for name in _names(own, "extends", problems)]
    subs = [
        _other(path, name, trail, ("studies", index), problems)
        for index, name in enumerate(_names(own, "studies", problems))
    ]
    if len(problems.found) > noted:
        return None
    rest = {key: value for key, value in own.data.items() if key not in ("extends", "studies")}
    result = replace(own, data=rest)
    if subs:
        together = composed([sub for sub in subs if sub], own, problems)
        result = merged(together, result, unite_reports=True)
    for base in bases:
        result = merged(base, result) if base else result
    return result


def _names(own: Document, key: str, problems: Problems) -> list[str]:
    """Return the files that `extends` or `studies` names."""
    given = own.data.get(key)
    names = [given] if key == "extends" and given is not None else given or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        example = "extends: other.yaml" if key == "extends" else "studies: [a.yaml, b.yaml]"
        problems.add((key,), f"`{key}` does not name files", f"write `{example}`")
        return []
    return names


def _other(path: Path, name: str, trail: _Trail, keys: Keys, problems: Problems) -> Document | None:
    """Return another file that this one names, relative to this one."""
    number = next(trail.count)
    if number >= _MOST_FILES:
        if number == _MOST_FILES:
            problems.add(keys, f"the study is made of more than {_MOST_FILES} files", "name fewer")
        return None
    other = path.parent / name
    if not is_plain(other):
        read = [f"`{sibling.name}`" for sibling in sorted(other.parent.glob("*.y*ml")) if sibling != path]
        problems.add(keys, f"there is no file `{other}`", f"beside it: {', '.join(read) or 'nothing'}")
        return None
    seen = [earlier.resolve() for earlier in trail.files]
    if other.resolve() in seen:
        circle = [*trail.files[seen.index(other.resolve()) :], other]
        drawn = " → ".join(part.name for part in circle)
        problems.add(keys, f"the files name each other in a circle: {drawn}", "remove one of these lines")
        return None
    return _followed(other, trail, problems)


def _with_absolute_reports(own: Document, path: Path) -> Document:
    """Return the document with its report files as they are found from anywhere."""
    report = own.data.get("report")
    names: list[Any] = report if isinstance(report, list) else [report]
    if not names or not all(isinstance(name, str) for name in names):
        return own
    absolute = [os.path.realpath(path.parent / name) for name in names]  # of a link to itself too
    return replace(own, data={**own.data, "report": absolute})
