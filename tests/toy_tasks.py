"""Tasks that train nothing, for tests of everything around a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.context import Context

VERSION: int = 3
PRELOAD: tuple[str, ...] = ("json",)


class Train(BaseModel):
    """Parameters of a training."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    net: Literal["small", "big"] = "small"
    lr: float = Field(default=0.1, gt=0, le=10)
    epochs: int = Field(default=2, ge=1)
    layers: list[int] = Field(default_factory=lambda: [8])
    note: str = ""


class Score(BaseModel):
    """Parameters of a program that has a default for nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str


def missing(params: BaseModel, data: Path | None) -> list[str]:
    """Return a message where the folder of datasets is not there."""
    return [] if data is None or data.is_dir() else [f"no folder `{data}`\nhint: make `{data}`"]


def train(params: Train, context: Context) -> dict[str, float]:
    """Return a loss that depends on the learning rate alone."""
    return {"loss": (params.lr - 0.3) ** 2}


def score(params: Score, context: Context) -> dict[str, float]:
    """Return one number."""
    return {params.metric: 1.0}


def untyped(params, context):  # type: ignore[no-untyped-def]  # on purpose
    """Lack what a task needs."""
