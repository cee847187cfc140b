"""Tasks whose parameters are odd, for tests of what is said of them."""

from __future__ import annotations

import math
import uuid
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, model_validator

if TYPE_CHECKING:
    from tasks.parts.context import Context

NAMES = ("seeded", "named_seed", "positive_seed", "endless", "changing", "nested", "broken")


class Seeded(BaseModel):
    """Parameters with a seed among them."""

    seed: int = 7
    lr: float = 0.1


class NamedSeed(BaseModel):
    """Parameters with a seed that is a name."""

    seed: str = "a"


class PositiveSeed(BaseModel):
    """Parameters with a seed that is not 0."""

    seed: int = Field(7, ge=1)
    lr: float = 0.1


class Endless(BaseModel):
    """Parameters with a default that no file can hold."""

    limit: float = math.inf


class Changing(BaseModel):
    """Parameters with a default that never comes twice."""

    lr: float = 0.1
    tag: str = Field(default_factory=lambda: uuid.uuid4().hex)


class Inner(BaseModel):
    """A part of parameters."""

    lr: float = 0.1


class Nested(BaseModel):
    """Parameters in parts."""

    opt: Inner = Inner()


class Broken(BaseModel):
    """Parameters with a validator that was never tried."""

    lr: float = 0.1

    @model_validator(mode="before")
    @classmethod
    def _looked_up(cls, _data: Any) -> Any:
        return {}[1]


def seeded(params: Seeded, context: Context) -> dict[str, float]:
    """Return the seed that the parameters say."""
    return {"seed": params.seed}


def positive_seed(params: PositiveSeed, context: Context) -> dict[str, float]:
    """Never be called."""
    return {}


def named_seed(params: NamedSeed, context: Context) -> dict[str, float]:
    """Never be called."""
    return {}


def endless(params: Endless, context: Context) -> dict[str, float]:
    """Never be called."""
    return {}


def changing(params: Changing, context: Context) -> dict[str, float]:
    """Never be called."""
    return {}


def nested(params: Nested, context: Context) -> dict[str, float]:
    """Never be called."""
    return {}


def broken(params: Broken, context: Context) -> dict[str, float]:
    """Never be called."""
    return {}
