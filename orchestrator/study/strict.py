"""The base of all that stands in a study file or a profile."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a study or of a profile: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
