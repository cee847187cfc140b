"""The function of Binh and Korn: two values, of which one falls as the other rises."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Params:
    """What it is given."""

    x: float
    y: float


def objective(params: Params, context: Any) -> dict[str, float]:
    """Return both values."""
    x, y = params.x, params.y
    return {"v0": 4 * x**2 + 4 * y**2, "v1": (x - 5) ** 2 + (y - 5) ** 2}
