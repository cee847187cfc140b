"""Commands as stages: words with places for values, and where their metrics come from."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TASK = "command"
"""The task of all stages that are commands."""
PLACES = ("checkpoint", "artifacts", "metrics", "result", "data", "code", "nodes", "gpus", "rendezvous")
"""What a command may refer to besides parameters: folders, files and nodes of the attempt."""
NEED = "need."
"""`${need.weights}` is the artifacts folder of the need `weights`."""
EACH = "each."
"""A word with `${each.folds}` is repeated for each trial of the need `folds`, with its artifacts folder."""
RESULT, LINES = "result.json", "metrics.jsonl"

_REFERENCE = re.compile(r"(?<!\$)\$\{([^{}]*)\}")
_ESCAPED = "$${"


def as_text(value: Any) -> str:
    """Return a value as a program reads it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def split(given: object) -> object:
    """Return the words of a command that is written as one text; a list stays one, its numbers as text.

    Raises ValueError where a quotation mark is left open.
    """
    if isinstance(given, list):
        return [as_text(word) if isinstance(word, bool | int | float) else word for word in given]
    if not isinstance(given, str):
        return given
    try:
        return shlex.split(given)
    except ValueError as error:
        raise ValueError(f"`{given}` cannot be split into words: {error}") from None


Words = Annotated[
    tuple[str, ...], BeforeValidator(split, json_schema_input_type=str | list[str | int | float | bool])
]


class Command(BaseModel):
    """A program with its words, as it stands in a trial's parameters; each part can change the result."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...]
    resume: tuple[str, ...] = Field((), exclude_if=lambda given: not given)
    environment: dict[str, str] = Field(default_factory=dict, exclude_if=lambda given: not given)
    metrics: dict[str, str] = Field(default_factory=dict, exclude_if=lambda given: not given)
    result: str = Field(RESULT, exclude_if=lambda given: given == RESULT)
    lines: str = Field(LINES, exclude_if=lambda given: given == LINES)
    stop_signal: str = Field("TERM", exclude_if=lambda given: given == "TERM")

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that may refer to parameters and places."""
        return (*self.words, *self.resume, *self.environment.values(), self.result, self.lines)


class CommandParameters(BaseModel):
    """The parameters of a trial that is a command: what its words refer to stands beside it."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    command: Command


class CommandKeys(BaseModel):
    """What a stage of the study file says of its command."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: Words = ()
    """The program and its words; no shell reads them."""
    resume: Words = ()
    """Words that are added once the files of the checkpoint folder that they name are there."""
    environment: dict[str, Annotated[str, BeforeValidator(as_text, json_schema_input_type=Any)]] = Field(
        default_factory=dict
    )
    """Variables of its environment."""
    metrics: dict[str, str] = Field(default_factory=dict)
    """Metric -> pattern of the lines in which it is printed."""
    result: str = RESULT
    """A JSON file that it writes, with its metrics."""
    lines: str = LINES
    """A file to which it appends metrics while it goes on: JSON lines, or CSV."""
    stop_signal: Literal["TERM", "INT", "HUP", "USR1", "USR2"] = "TERM"
    """What tells it to save and to end."""
    version: int = 1
    """Raised when its results change meaning: what was trained is trained again then."""

    @property
    def described(self) -> Command | None:
        """The command; None where the stage is none."""
        if not self.command:
            return None
        return Command(
            words=self.command,
            resume=self.resume,
            environment=self.environment,
            metrics=self.metrics,
            result=self.result,
            lines=self.lines,
            stop_signal=self.stop_signal,
        )


def references(texts: Iterable[str]) -> list[str]:
    """Return the names that texts refer to as `${name}`, each once."""
    return list(dict.fromkeys(name for text in texts for name in _REFERENCE.findall(text)))


def filled(words: Iterable[str], values: Mapping[str, Any]) -> list[str]:
    """Return words with every `${name}` replaced; `$${` stands for `${`.

    A value stays within its word, whatever it holds; a list that is a word of its own becomes a word for
    each of its items, and a word with `${each.name}` one for each item of that list. Raises KeyError for a
    name without a value.
    """
    result: list[str] = []
    for word in words:
        whole = _REFERENCE.fullmatch(word)
        each = next((name for name in references([word]) if name.startswith(EACH)), None)
        if each is not None:
            result += [filled_text(word, {**values, each: item}) for item in values[each]]
        elif whole and isinstance(values[whole[1]], list):
            result += map(as_text, values[whole[1]])
        else:
            result.append(filled_text(word, values))
    return result


def filled_text(text: str, values: Mapping[str, Any]) -> str:
    """Return a text with every `${name}` replaced; KeyError for a name without a value."""
    return _REFERENCE.sub(lambda found: as_text(values[found[1]]), text).replace(_ESCAPED, "${")
