"""Tasks whose parameters have parts: a model, a dataclass, a TypedDict and a dict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

if TYPE_CHECKING:
    from tasks.parts.context import Context


class Opt(BaseModel):
    """A part that is a model."""

    name: str = "sgd"
    lr: float = Field(default=0.1, gt=0, lt=1)
    momentum: float = 0.9


@dataclass
class Data:
    """A part that is a dataclass."""

    batch: Annotated[int, Field(gt=0)] = 32


class Net(TypedDict):
    """A part that is a TypedDict."""

    depth: int


class Nested(BaseModel):
    """Parameters with parts; `must` has no default."""

    opt: Opt = Opt()
    data: Data = Field(default_factory=Data)
    net: Net = {"depth": 1}
    free: dict[str, Any] = Field(default_factory=dict)
    optimizer: str = "sgd"
    beta: float = 0.5
    layers: int = 1
    must: float = 1.0
    warmup: Opt | None = None


class Strict(Nested):
    """Parameters of which one has to be given."""

    must: float


def train(params: Nested, context: Context) -> dict[str, float]:
    """Return a loss that depends on parts of parameters."""
    return {"loss": abs(params.opt.lr - 0.3) + params.beta}


def strict(params: Strict, context: Context) -> dict[str, float]:
    """Return a loss."""
    return {"loss": params.must}
