"""The keys of study, report and profile files, as their models have them."""

from __future__ import annotations

import functools
import re
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from docs.hooks.type_words import as_yaml, forms, takes
from orchestrator.schemas.kinds import MODELS, FileKind, shipped_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.schemas.walk import Schema

ORDER: Mapping[str, tuple[str, ...]] = {
    "WrittenStudy": ("study", "extends", "studies", "axes", "shapes", "stages", "report", "code"),
    "StageEntry": (
        *("task", "command", "over", "axes", "params", "needs", "shape", "search"),
        *("include", "exclude", "zip", "sample", "keep"),
        *("resume", "metrics", "result", "lines", "environment", "stop_signal", "version"),
    ),
    "Need": ("stage", "when", "where", "best", "all", "require"),
    "ShapeEntry": ("gpus", "cpus", "memory", "time", "workers", "slots", "lockstep", "grace", "nodes"),
    "Search": ("sampler", "trials", "space", "objective"),
    "ReportFile": ("title", "tables", "derived", "figures", "labels", "flags", "reference", "study"),
    "TableDefinition": (
        *("id", "title", "stage", "metric", "rows", "columns", "where", "aggregate", "combine"),
        *("scale", "digits", "better", "spread", "compare", "ranks"),
    ),
    "GainDefinition": ("id", "title", "stage", "metric", "compare", "over", "rows", "columns"),
    **dict.fromkeys(
        (
            *("BarsDefinition", "ConfusionDefinition", "CurvesDefinition", "EpochsToDefinition"),
            *("HeatMapDefinition", "ParallelDefinition", "PicturesDefinition", "ScatterDefinition"),
        ),
        ("id", "kind", "title", "stage"),
    ),
}
"""Model -> its keys in the order in which one writes them; others follow as the model has them."""
LAST = ("where", "footnotes")
"""What one adds to a table or a figure once it is there, unless its model says otherwise above."""
WORDS: Mapping[str, tuple[str, str]] = {
    "spacing": ("spaced numbers", "spaced numbers"),
    "branches": ("branches", "branches"),
    "best": ("the best", "the best"),
    "link": ("a link to a printed table", "links to printed tables"),
    "code": ("the code", "codes"),
    "partition limits": ("limits of a partition", "limits of partitions"),
    "table comparison": ("a comparison in a table", "comparisons in tables"),
    "comparison": ("a comparison of two values", "comparisons of two values"),
    "artifact unit": ("a unit of an artifact", "units of artifacts"),
    "bars": ("bars", "bars"),
    "confusion": ("a confusion matrix", "confusion matrices"),
    "curves": ("curves", "curves"),
    "epochs to": ("epochs to a score", "epochs to scores"),
    "parallel": ("parallel coordinates", "parallel coordinates"),
    "pictures": ("pictures", "pictures"),
    "scatter": ("a scatter plot", "scatter plots"),
    "quantity": ("a quantity", "quantities"),
    "study": ("a study file", "study files"),
    "report": ("a report file", "report files"),
    "profile": ("a profile file", "profile files"),
}
"""Name of a part -> how a sentence speaks of one, and of several; else with an article, and with an s."""
_MORE_WORDS = re.compile(r" (?:entry|definition|options|file)$")


class UnexplainedError(Exception):
    """A key has no description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a part of a file."""

    name: str
    anchor: str
    text: str
    """What it is for, as Markdown."""
    takes: str
    """What may stand there, in words, as Markdown."""
    default: str
    """As YAML; empty where nothing is there when it is left out."""
    required: bool
    inside: tuple[str, ...]
    """The models of the parts that may stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A mapping with keys of its own: the file, or what stands in it."""

    model: str
    name: str
    """In plain words, as `stage`."""
    text: str
    keys: tuple[Key, ...]
    one_of: tuple[str, ...]
    """Of these keys exactly one is given."""
    more: bool
    """Whether it takes other keys than these."""

    @property
    def title(self) -> str:
        """What a heading calls it."""
        words = spoken_of(self.name)
        return words[0].upper() + words[1:]


def parts_of(kind: FileKind) -> list[Part]:
    """Return the parts of a kind of file: the whole one first, then as they stand in each other.

    Raises UnexplainedError for a key without a description.
    """
    schemas, models = schemas_of(kind), models_in(MODELS[kind])
    found: dict[str, Part] = {}

    def visit(name: str) -> None:
        if name in found:
            return
        found[name] = part = _part(name, schemas, models[name])
        for inner in [inner for key in part.keys for inner in key.inside]:
            visit(inner)

    visit(MODELS[kind].__name__)
    return list(found.values())


def models_in(root: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return a model and all that its fields hold, by name."""
    found = {root.__name__: root}

    def visit(annotation: Any) -> None:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation.__name__ not in found:
                found[annotation.__name__] = annotation
                fields(annotation)
            return
        for inner in typing.get_args(annotation):
            visit(inner)

    def fields(model: type[BaseModel]) -> None:
        for field in model.model_fields.values():
            visit(field.annotation)

    fields(root)
    return found


def anchor_of(part: str, key: str = "") -> str:
    """Return the anchor of a part by its name, or of one of its keys."""
    return "-".join(filter(None, (part.replace(" ", "-"), key)))


def spoken_of(name: str, *, several: bool = False) -> str:
    """Return how a sentence speaks of a part."""
    one, more = WORDS.get(name, (f"{'an' if name[0] in 'aeiou' else 'a'} {name}", f"{name}s"))
    return more if several else one


@functools.cache
def schemas_of(kind: FileKind) -> dict[str, Schema]:
    """Return the schema of each model; the whole file has the name of its model, too."""
    whole = shipped_schema(kind)
    schemas: dict[str, Schema] = whole.get("$defs", {})
    root = schemas["Study"] if kind == "study" else {**whole, "title": kind}
    return {**schemas, MODELS[kind].__name__: {**root, "title": kind}}


def _part(name: str, schemas: Mapping[str, Schema], model: type[BaseModel]) -> Part:
    schema = schemas[name]
    part = name_of(schema)
    order = ORDER.get(name, ())
    properties: dict[str, Schema] = schema.get("properties", {})
    if "additionalProperties" in schema and not properties:  # its keys are anybody's own
        return Part(model=name, name=part, text=schema["description"], keys=(), one_of=(), more=True)
    names = sorted(
        properties, key=lambda key: order.index(key) if key in order else len(order) + (key in LAST)
    )

    def link(other: str, several: bool) -> str:
        name = name_of(schemas[other])
        return f"[{spoken_of(name, several=several)}](#{anchor_of(name)})"

    def key_of(key: str) -> Key:
        value = properties[key]
        if not value.get("description"):
            raise UnexplainedError(f"`{key}` of {name} is not explained: write a docstring below its field")
        return Key(
            name=key,
            anchor=anchor_of(part, key),
            text=value["description"].replace(" -> ", " → "),
            takes=takes(value, link),
            default=_default(value, model, key),
            required=key in schema.get("required", ()),
            inside=tuple(_inside(value)),
        )

    return Part(
        model=name,
        name=part,
        text=schema["description"],
        keys=tuple(map(key_of, names)),
        one_of=tuple(form["required"][0] for form in schema.get("oneOf", ())),
        more=schema.get("additionalProperties") is True,
    )


def name_of(schema: Schema) -> str:
    """Return what a part is called: `stage` for StageEntry."""
    title: str = schema["title"]
    return _MORE_WORDS.sub("", title)


def _default(value: Schema, model: type[BaseModel], key: str) -> str:
    """Return what holds where a key is left out, as YAML; a schema has no lists that are made each time."""
    if "default" in value:
        return as_yaml(value["default"])
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    made = fields[key].get_default(call_default_factory=True)
    return (
        as_yaml(made).replace('"', "")
        if made is not PydanticUndefined and isinstance(made, list) and made
        else ""
    )


def _inside(value: Schema) -> Iterator[str]:
    """Yield the parts that may stand in a value."""
    for form in forms(value):
        if "$ref" in form:
            yield form["$ref"].rpartition("/")[2]
        for inner in (form.get("items"), form.get("additionalProperties")):
            if isinstance(inner, dict):
                yield from _inside(inner)
