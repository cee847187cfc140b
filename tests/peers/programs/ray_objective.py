"""Ray Tune's first function, as a task."""

from typing import Any

from pydantic import BaseModel


class Params(BaseModel):
    """What it is given."""

    a: float
    b: int


def objective(params: Params, context: Any) -> dict[str, float]:
    """Return the score."""
    return {"score": params.a**2 + params.b}
