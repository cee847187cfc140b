"""An example of each key, from the files that ship and the whole files that pages print."""

from __future__ import annotations

import functools
import re
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs.hooks.keys import parts_of, schemas_of
from docs.hooks.type_words import forms
from orchestrator.files.yaml_file import parse_mapping, read_yaml
from orchestrator.files.yaml_text import yaml_text
from orchestrator.messages.errors import StudyFileError
from orchestrator.schemas.kinds import MODELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.schemas.kinds import FileKind
    from orchestrator.schemas.walk import Schema

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS: Mapping[FileKind, str] = {"study": "grids", "report": "reports", "profile": "slurm"}
_OTHERS = "coming_from.md"
"""The page with files of other tools: of it only whole files of here count."""
_LONGEST = 64
"""Characters of an example: the longest that is no longer says most."""


@functools.cache
def examples(kind: FileKind) -> dict[tuple[str, str], str]:
    """Return a line of YAML for each key that some file has: model and key -> the line."""
    schemas, found = schemas_of(kind), dict[tuple[str, str], str]()
    for model, data in [*_shipped(kind), *_printed(kind)]:
        for part, key, value in _given(model, data, schemas):
            line = _line(key, value)
            if value not in (None, {}, []) and len(found.get((part, key), "")) < len(line) <= _LONGEST:
                found[part, key] = line
    return found


def _shipped(kind: FileKind) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the files of a kind that ship, each with its model."""
    for path in sorted((ROOT / _FOLDERS[kind]).glob("*.yaml")):
        if path.name != "reference_results.yaml":
            yield MODELS[kind].__name__, read_yaml(path, text_keys=False).data


def _printed(kind: FileKind) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what pages print of a kind: whole files, and parts with the first model that has their keys."""
    keys = {part.model: {key.name for key in part.keys} for part in parts_of(kind)}
    for page in sorted((ROOT / "docs").glob("*.md")):
        for block in re.findall(r"^ *```yaml[^\n]*\n(.*?)^ *```", page.read_text("utf-8"), re.M | re.S):
            with suppress(StudyFileError):  # of another tool
                data = parse_mapping(textwrap.dedent(block), page.name, text_keys=False).data
                model = next((model for model, known in keys.items() if data.keys() <= known), None)
                if model and (page.name != _OTHERS or {"study", "stages"} <= data.keys()):
                    yield model, data


def _given(
    model: str, data: Mapping[str, Any], schemas: Mapping[str, Schema]
) -> Iterator[tuple[str, str, Any]]:
    """Yield model, key and value of everything that stands in a part of a file."""
    properties = schemas[model].get("properties", {})
    for key, value in data.items():
        if key in properties:
            yield model, key, value
            yield from _inside(properties[key], value, schemas)


def _inside(part: Schema, value: Any, schemas: Mapping[str, Schema]) -> Iterator[tuple[str, str, Any]]:
    """Yield the same of what stands in a value: of the first form that it may have."""
    for form in forms(part):
        if "$ref" in form and isinstance(value, dict):
            name = form["$ref"].rpartition("/")[2]
            known = schemas[name].get("properties", {}).keys()
            if value.keys() <= known or (schemas[name].get("additionalProperties") is True and known & value):
                yield from _given(name, value, schemas)
                return
        if isinstance(value, list) and isinstance(form.get("items"), dict):
            for item in value:
                yield from _inside(form["items"], item, schemas)
        if isinstance(value, dict) and isinstance(form.get("additionalProperties"), dict):
            for item in value.values():
                yield from _inside(form["additionalProperties"], item, schemas)


def _line(key: str, value: Any) -> str:
    """Return a key with its value as one line of YAML; in a list even a mapping has one line."""
    rest = yaml_text({key: [value]}).strip().partition(": [")[2].removesuffix("]")
    return f"{key}: " + re.sub(r'"(\d+[A-Za-z]+)"', r"\1", rest)  # `24GB` needs no quotes
