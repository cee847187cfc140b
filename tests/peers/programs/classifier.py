"""Optuna's objective with branches; what it returns is made up, so that it needs no library."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import BaseModel


class Params(BaseModel):
    """A classifier with the parameters that each of them has."""

    classifier: Literal["SVC", "RandomForest"]
    svc_c: float | None = None
    rf_max_depth: int | None = None


def objective(params: Params, context: Any) -> dict[str, float]:
    """Return an error; each classifier is given its own parameter and no other."""
    if params.classifier == "SVC":
        assert params.svc_c is not None
        assert params.rf_max_depth is None
        return {"error": 0.02 + abs(math.log10(params.svc_c) - 1) / 20}
    assert params.rf_max_depth is not None
    assert params.svc_c is None
    return {"error": 0.3 + abs(params.rf_max_depth - 8) / 100}
