"""The kinds of files that have a JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from orchestrator.places.profile import Profile
from orchestrator.report.report_file import ReportFile
from orchestrator.schemas.editor_schema import DRAFT, editor_schema
from orchestrator.schemas.study_schema import study_schema

if TYPE_CHECKING:
    from pydantic import BaseModel

    from orchestrator.schemas.walk import Schema

FileKind = Literal["study", "report", "profile"]
_MODELS: dict[str, type[BaseModel]] = {"report": ReportFile, "profile": Profile}


def shipped_schema(kind: FileKind) -> Schema:
    """Return the JSON Schema of all files of a kind, as it lies beside this module."""
    if kind == "study":
        return study_schema()
    return {"$schema": DRAFT, "title": f"{kind} file", **editor_schema(_MODELS[kind])}
