"""YAML as plain values, with the line of every key."""

from __future__ import annotations

import itertools
import math
import re
import warnings
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError

from orchestrator.files.plain_file import UnreadableError, plain_text
from orchestrator.messages.errors import Problem, StudyFileError
from orchestrator.messages.problems import Keys, Problems, brief, dotted, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST = 2 * 1024**2
"""Bytes of a file; people write a hundredth of that."""
_DEEPEST = 40
"""Lists and mappings inside each other."""
_MOST_PARTS = 100_000
"""Values in a file after anchors are followed: a dozen lines of anchors can mean billions of values."""
_LARGEST_NUMBER = 2**63 - 1
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What could steer a terminal, end a C string or not be written as UTF-8."""
_LONGEST_SHOWN = 1000
"""Characters of a line that is looked at to say what is wrong with it."""
_REFERENCE = re.compile(r"\$\{[^{}]*\}")
_TOO_DEEP = f"lists and mappings stand more than {_DEEPEST} deep inside each other", "flatten them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A mapping and where each of its parts was written."""

    source: str
    """The file, as messages name it; empty where it was given in Python."""
    data: dict[str, Any]
    marks: Mapping[Keys, str]
    """Place -> `file:line`."""

    def where(self, keys: Keys) -> str:
        """Return `file:line` of the place or of the nearest part around it; nothing without a file."""
        return next(
            (self.marks[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self.marks),
            f"{self.source}:1" if self.source else "",
        )


TextKeys = bool | Callable[[Keys], bool]
"""Whether all keys of a file's mappings have to be texts, or those of the mapping at a place."""


def read_yaml(
    path: Path, *, text_keys: TextKeys = True, start: str = "study: NAME` and `stages:"
) -> Document:
    """Return a YAML mapping; raise StudyFileError where it is none.

    Without `text_keys` a key may be a number, a truth value or null too; `start` says how such files begin.
    """
    return parse_mapping(_text(path), str(path), text_keys=text_keys, start=start)


def parse_mapping(
    text: str, source: str, *, text_keys: TextKeys = True, start: str = "study: NAME` and `stages:"
) -> Document:
    """Return the mapping a text says; raise StudyFileError where it says something else."""
    loaded = _load(text, source)
    if loaded is None:
        raise _error(f"{source}:1", "the file is empty", f"start with `{start}`")
    if not isinstance(loaded, CommentedMap):
        raise _error(f"{source}:1", "the file is not a mapping", "write `key: value` lines")
    marks: dict[Keys, str] = {}
    problems = Problems(lambda keys: marks.get(keys, f"{source}:1"))
    data = _Reading(source, problems, marks, text_keys=text_keys).plain(loaded, ())
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
        return plain_text(path, _LARGEST)
    except FileNotFoundError:
        siblings = [str(other) for other in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        beside = ", ".join(f"`{Path(other).name}`" for other in sorted(siblings)) or "no YAML file"
        hint = nearest(path, siblings, f"`{path.parent}` has {beside}")
        raise _error(f"{path}:1", f"there is no file `{path}`", hint) from None
    except UnreadableError as error:
        raise _error(f"{path}:1", f"the file cannot be read: {error}") from None


class _Constructor(RoundTripConstructor):
    """Says where a value stands that looks like a date or a number but is none, as `2020-99-99`."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Return the value of a node."""
        with _placed(node):
            return super().construct_object(node, deep)

    def construct_mapping(  # type: ignore[override]  # as in RoundTripConstructor
        self, node: Any, maptyp: Any, deep: bool = False
    ) -> Any:
        """Fill the mapping of a node, and return it."""
        with _placed(node):
            return super().construct_mapping(node, maptyp, deep)


@contextmanager
def _placed(node: Any) -> Iterator[None]:
    """Give an error that Python raises over a value the place of the value."""
    try:
        yield
    except (YAMLError, RecursionError, MemoryError):
        raise
    except Exception as error:  # whatever Python says of the text
        given = brief(node.value) if isinstance(node.value, str) else "key: value"
        raise ConstructorError(
            problem=f"`{given}` is no value: {error}", problem_mark=node.start_mark
        ) from error


def _load(text: str, source: str) -> Any:
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # the later one counts, as YAML says
            return yaml.load(text)
    except RecursionError:
        raise _error(f"{source}:1", *_TOO_DEEP) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        where = f"{source}:{line + 1}" if "\n" in text or line else source
        raise _error(where, *_plain_words(error, text, line)) from None
    except YAMLError as error:
        raise _error(source, f"this is not YAML: {error}") from None


def _plain_words(error: MarkedYAMLError, text: str, line: int) -> tuple[str, str | None]:
    problem = str(error.problem)
    given = text.splitlines()[line] if line < len(text.splitlines()) else ""
    if "is no value" in problem:
        return problem, "write it in quotes if it is text"
    if problem.startswith("found duplicate key"):
        key = problem.split('"')[1]
        return f"key `{key}` is given twice in the same mapping", "keep one of the two"
    if "'\\t'" in problem or given.lstrip(" ").startswith("\t"):
        return "a tab is used for indentation", "YAML is indented with spaces only"
    if problem.startswith("expected ',' or") and (bare := _bare_reference(given[:_LONGEST_SHOWN])):
        return f"`{bare}` is not in quotes, and its brackets are taken for a mapping", f'write `"{bare}"`'
    if "found another document" in problem:
        return "a second document starts here", "keep one study in a file: remove the `---` line"
    return f"this is not YAML: {problem}", None


def _bare_reference(line: str) -> str:
    """Return a text with `${axis}` that stands between brackets without quotes; empty where there is none."""
    for found in _REFERENCE.finditer(line):
        start = max(line.rfind(sign, 0, found.start()) for sign in ",[{:") + 1
        ends = [end for sign in ",]}" if (end := line.find(sign, found.end())) >= 0]
        text = line[start : min(ends, default=len(line))].strip()
        if not {"'", '"'} & set(text):
            return text
    return ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """Turns the loader's own types into plain values, noting where each part stands."""

    source: str
    problems: Problems
    marks: dict[Keys, str] = field(default_factory=dict)
    around: list[int] = field(default_factory=list)
    """The nodes around the present one: an anchor may stand inside itself."""
    parts: Iterator[int] = field(default_factory=itertools.count)
    text_keys: TextKeys = True

    def plain(self, node: Any, keys: Keys) -> Any:
        """Return the value, with None for parts that are refused."""
        if next(self.parts) >= _MOST_PARTS:
            message = f"with its anchors the file has more than {_MOST_PARTS:,} values"
            raise _error(f"{self.source}:1", message, "use fewer anchors inside anchors")
        tag = getattr(getattr(node, "tag", None), "value", None)
        if isinstance(node, TaggedScalar) or tag:
            self.problems.add(keys, f"the tag `{tag}` is not allowed", "write a plain value")
            return None
        if not isinstance(node, CommentedMap | CommentedSeq):
            return _plain_scalar(node, keys, self.problems)
        if id(node) in self.around:
            self.problems.add(keys, "an anchor stands inside itself", "write the value out")
            return None
        if len(self.around) >= _DEEPEST:
            self.problems.add(keys[:3], *_TOO_DEEP)
            return None
        self.around.append(id(node))
        value = self.mapping(node, keys) if isinstance(node, CommentedMap) else self.sequence(node, keys)
        self.around.pop()
        return value

    def mapping(self, node: CommentedMap, keys: Keys) -> dict[str, Any]:
        """Return a mapping; keys that came in by `<<` have the line of the mapping."""
        plain: dict[Any, Any] = {}
        text_keys = self.text_keys(keys) if callable(self.text_keys) else self.text_keys
        for key, value in node.items():
            below = (*keys, brief(dict(key)) if isinstance(key, Mapping) else str(key))
            own = key in (node.lc.data or {})
            self.marks[below] = self.line(node.lc.key(key)[0]) if own else self.marks.get(keys, self.line(0))
            if isinstance(key, str):
                plain[str(key)] = self.plain(value, below)
                _plain_scalar(key, below, self.problems)
            elif not text_keys and (key is None or isinstance(key, bool | int | float)):
                plain[_plain_scalar(key, below, self.problems)] = self.plain(value, below)
            elif isinstance(key, Mapping):
                names = [f"${{{name}}}" for name in key]
                hint = f'write `"{names[0]}"` if that is a reference' if names else "write a text"
                self.problems.add(below, f"key `{brief(dict(key))}` is not text", hint)
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
    if isinstance(value, int):
        if abs(value) > _LARGEST_NUMBER:
            problems.add(
                keys, f"`{brief(value)}` has more than 64 bits", "give a smaller number, or quote it"
            )
        return int(value)
    if isinstance(value, str):
        if strange := _UNPRINTABLE.search(value):
            problems.add(keys, f"the text has the character {strange[0]!a} in it", "leave it out")
            return ""
        return str(value)
    problems.add(
        keys,
        f"`{brief(value)}` is a {type(value).__name__}, which {dotted(keys)} cannot be",
        "write it in quotes",
    )
    return None


def _error(where: str, message: str, hint: str | None = None) -> StudyFileError:
    return StudyFileError([Problem(where=where, path="", message=message, hint=hint)])
