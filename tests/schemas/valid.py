"""Whether a text is what a JSON Schema allows."""

from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, ValidationError

from orchestrator.files.yaml_file import parse_mapping
from orchestrator.schemas.walk import Schema

ROOT = Path(__file__).resolve().parents[2]
HEADER = "# yaml-language-server: $schema="
SHIPPED = {
    "study": sorted((ROOT / "grids").glob("*.yaml")),
    "report": sorted(set((ROOT / "reports").glob("*.yaml")) - {ROOT / "reports/reference_results.yaml"}),
    "profile": sorted((ROOT / "slurm").glob("*.yaml")),
}
FILES = [(kind, path) for kind, paths in SHIPPED.items() for path in paths]


def wrong(schema: Schema, text: str) -> list[str]:
    """Return the places that a schema refuses, each once; of several forms the one that was meant."""
    given = _as_json(parse_mapping(text, "file", text_keys=False).data)
    errors = map(_meant, Draft7Validator(schema).iter_errors(given))
    return sorted({".".join(map(str, error.absolute_path)) for error in errors})


def _meant(error: ValidationError) -> ValidationError:
    """Return the deepest error among the forms that a part may have."""
    inner = max(error.context or [error], key=lambda other: len(other.absolute_path))
    return _meant(inner) if inner is not error else error


def _as_json(value: Any) -> Any:
    """Return the value with text for keys, as editors see it."""
    if isinstance(value, dict):
        return {str(key): _as_json(part) for key, part in value.items()}
    return list(map(_as_json, value)) if isinstance(value, list) else value
