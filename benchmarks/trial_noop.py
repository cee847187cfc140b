"""A trial that does nothing."""

from typing import Any

from pydantic import BaseModel


class Params(BaseModel):
    """Which trial this is."""

    index: int


def run(params: Params, context: Any) -> dict[str, float]:  # noqa: ARG001 - the task contract
    """Return at once."""
    return {"index": float(params.index)}
