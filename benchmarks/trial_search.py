"""A trial of a search: a quadratic with its least value at x = 0.3, y = -0.2."""

from typing import Any

from pydantic import BaseModel


class Params(BaseModel):
    """Where to ask."""

    x: float
    y: float


def run(params: Params, context: Any) -> dict[str, float]:  # noqa: ARG001 - the task contract
    """Return the value there."""
    return {"loss": (params.x - 0.3) ** 2 + (params.y + 0.2) ** 2}
