"""Hartmann's function of six parameters, as in Ray Tune's example of Ax."""

from __future__ import annotations

import math
from typing import Any

from pydantic import BaseModel

_LEAST = -3.32237
_ALPHA = (1.0, 1.2, 3.0, 3.2)
_A = (
    (10, 3, 17, 3.5, 1.7, 8),
    (0.05, 10, 17, 0.1, 8, 14),
    (3, 3.5, 1.7, 10, 17, 8),
    (17, 8, 0.05, 10, 0.1, 14),
)
_P = (
    (1312, 1696, 5569, 124, 8283, 5886),
    (2329, 4135, 8307, 3736, 1004, 9991),
    (2348, 1451, 3522, 2883, 3047, 6650),
    (4047, 8828, 8732, 5743, 1091, 381),
)


class Params(BaseModel):
    """Six numbers."""

    x1: float
    x2: float
    x3: float
    x4: float
    x5: float
    x6: float


def easy_objective(params: Params, context: Any) -> dict[str, float]:
    """Return the function, and how far it is from its least value."""
    x = params.model_dump().values()
    inner = [
        sum(a * (v - p / 1e4) ** 2 for a, v, p in zip(*row, strict=True))
        for row in zip(_A, [x] * 4, _P, strict=True)
    ]
    value = -sum(alpha * math.exp(-one) for alpha, one in zip(_ALPHA, inner, strict=True))
    return {"hartmann6": value, "regret": value - _LEAST, "l2norm": math.hypot(*x)}
