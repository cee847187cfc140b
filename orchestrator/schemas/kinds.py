"""The kinds of files that have a JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from orchestrator.places.profile import Profile
from orchestrator.report.report_file import ReportFile
from orchestrator.schemas.editor_schema import DRAFT, editor_schema
from orchestrator.schemas.study_schema import WrittenStudy, study_schema

if TYPE_CHECKING:
    from pydantic import BaseModel

    from orchestrator.schemas.walk import Schema

FileKind = Literal["study", "report", "profile"]
MODELS: dict[FileKind, type[BaseModel]] = {"study": WrittenStudy, "report": ReportFile, "profile": Profile}
"""Kind of file -> the model of a whole one."""


def shipped_schema(kind: FileKind) -> Schema:
    """Return the JSON Schema of all files of a kind, as it lies beside this module."""
    if kind == "study":
        return study_schema()
    return {"$schema": DRAFT, "title": f"{kind} file", **editor_schema(MODELS[kind])}
