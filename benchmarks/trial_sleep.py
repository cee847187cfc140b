"""A trial of a search that sleeps, and says when: what it would learn in the meantime is a quadratic."""

import time
from typing import Any

from pydantic import BaseModel


class Params(BaseModel):
    """Where to ask, and how long that takes."""

    x: float
    y: float
    seconds: float


def run(params: Params, context: Any) -> dict[str, float]:  # noqa: ARG001 - the task contract
    """Return the value there."""
    began = time.time()
    time.sleep(params.seconds)
    loss = (params.x - 0.3) ** 2 + (params.y + 0.2) ** 2
    return {"loss": loss, "began": began, "ended": time.time()}
