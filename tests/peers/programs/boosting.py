"""The objective of Optuna's gradient boosting; what it returns is made up, so that it needs no library."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class Params(BaseModel):
    """Parameters of the bagging."""

    bagging_fraction: float
    bagging_freq: int
    min_child_samples: int


def objective(params: Params, context: Any) -> dict[str, float]:
    """Return an accuracy that is best at one of the two settings to begin with."""
    away = abs(params.bagging_fraction - 0.75) + abs(params.bagging_freq - 5) / 7
    error = 0.03 + 0.1 * away + abs(params.min_child_samples - 20) / 1000
    return {"accuracy": 1 - error, "error": error}
