"""YAML as plain values, with the line of every key."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from orchestrator.core.problems import Keys, Problems, dotted
from orchestrator.errors import Problem, StudyFileError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A mapping and where each of its parts was written."""

    source: str
    """The file, as messages name it."""
    data: dict[str, Any]
    marks: Mapping[Keys, str]
    """Place -> `file:line`."""

    def where(self, keys: Keys) -> str:
        """Return `file:line` of the place or of the nearest part around it that was written."""
        return next(
            (self.marks[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self.marks),
            f"{self.source}:1",
        )


def read_yaml(path: Path) -> Document:
    """Return a YAML mapping; raise StudyFileError where it is none."""
    return parse_mapping(_text(path), str(path))


def parse_mapping(text: str, source: str) -> Document:
    """Return the mapping a text says; raise StudyFileError where it says something else."""
    loaded = _load(text, source)
    if loaded is None:
        raise _error(f"{source}:1", "the file is empty", "start with `study: NAME` and `stages:`")
    if not isinstance(loaded, CommentedMap):
        raise _error(f"{source}:1", "the file is not a mapping", "write `key: value` lines")
    marks: dict[Keys, str] = {}
    problems = Problems(lambda keys: marks.get(keys, f"{source}:1"))
    data = _Reading(source, problems, marks).plain(loaded, ())
    if problems.found:
        raise StudyFileError(problems.found)
    return Document(source=source, data=data, marks=marks)


def parse_value(text: str, source: str) -> Any:
    """Return the plain value of one YAML expression; raise StudyFileError where it is none."""
    problems = Problems(lambda _: source)
    value = _Reading(source, problems).plain(_load(text, source), ())
    if problems.found:
        raise StudyFileError(problems.found)
    return value


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        siblings = [str(other) for other in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        close = difflib.get_close_matches(str(path), siblings, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"`{path.parent}` has {_names(siblings)}"
        raise _error(f"{path}:1", f"there is no file `{path}`", hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise _error(f"{path}:1", f"the file cannot be read: {error}") from None


def _names(paths: list[str]) -> str:
    return ", ".join(f"`{Path(path).name}`" for path in sorted(paths)) or "no YAML file"


def _load(text: str, source: str) -> Any:
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        where = f"{source}:{line + 1}" if "\n" in text or line else source
        raise _error(where, *_plain_words(error, text, line)) from None
    except YAMLError as error:
        raise _error(source, f"this is not YAML: {error}") from None


def _plain_words(error: MarkedYAMLError, text: str, line: int) -> tuple[str, str | None]:
    problem = str(error.problem)
    given = text.splitlines()[line] if line < len(text.splitlines()) else ""
    if problem.startswith("found duplicate key"):
        key = problem.split('"')[1]
        return f"key `{key}` is given twice in the same mapping", "keep one of the two"
    if "'\\t'" in problem or given.lstrip(" ").startswith("\t"):
        return "a tab is used for indentation", "YAML is indented with spaces only"
    if "found another document" in problem:
        return "a second document starts here", "keep one study in a file: remove the `---` line"
    return f"this is not YAML: {problem}", None


@dataclass(frozen=True, slots=True)
class _Reading:
    """Turns the loader's own types into plain values, noting where each part stands."""

    source: str
    problems: Problems
    marks: dict[Keys, str] = field(default_factory=dict)
    around: list[int] = field(default_factory=list)
    """The nodes around the present one: an anchor may stand inside itself."""

    def plain(self, node: Any, keys: Keys) -> Any:
        """Return the value, with None for parts that are refused."""
        tag = getattr(getattr(node, "tag", None), "value", None)
        if isinstance(node, TaggedScalar) or tag:
            self.problems.add(keys, f"the tag `{tag}` is not allowed", "write a plain value")
            return None
        if not isinstance(node, CommentedMap | CommentedSeq):
            return _plain_scalar(node, keys, self.problems)
        if id(node) in self.around:
            self.problems.add(keys, "an anchor stands inside itself", "write the value out")
            return None
        self.around.append(id(node))
        value = self.mapping(node, keys) if isinstance(node, CommentedMap) else self.sequence(node, keys)
        self.around.pop()
        return value

    def mapping(self, node: CommentedMap, keys: Keys) -> dict[str, Any]:
        """Return a mapping; keys that came in by `<<` have the line of the mapping."""
        plain = {}
        for key, value in node.items():
            below = (*keys, str(key))
            own = key in node.lc.data
            self.marks[below] = self.line(node.lc.key(key)[0]) if own else self.marks.get(keys, self.line(0))
            if isinstance(key, str):
                plain[str(key)] = self.plain(value, below)
            else:
                self.problems.add(below, f"key `{key}` is not text", f"write it in quotes: '{key}'")
        return plain

    def sequence(self, node: CommentedSeq, keys: Keys) -> list[Any]:
        """Return a list."""
        for index in range(len(node)):
            self.marks[(*keys, index)] = self.line(node.lc.item(index)[0])
        return [self.plain(item, (*keys, index)) for index, item in enumerate(node)]

    def line(self, index: int) -> str:
        """Return `file:line`."""
        return f"{self.source}:{index + 1}"


def _plain_scalar(value: Any, keys: Keys, problems: Problems) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            problems.add(keys, f"`{value}` is not a finite number", "give a finite number")
        return float(value)
    for kind in (int, str):
        if isinstance(value, kind):
            return kind(value)
    problems.add(
        keys, f"`{value}` is a {type(value).__name__}, which {dotted(keys)} cannot be", "write it in quotes"
    )
    return None


def _error(where: str, message: str, hint: str | None = None) -> StudyFileError:
    return StudyFileError([Problem(where=where, path="", message=message, hint=hint)])
