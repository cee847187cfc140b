"""The pruner of a search as its author writes it: by what rule trials are ended early."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

PrunerName = Literal[
    "median", "percentile", "successive_halving", "hyperband", "patient", "threshold", "wilcoxon"
]


class Pruner(BaseModel):
    """What ends trials of a search early; what stands beside these keys are options of Optuna's class."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: PrunerName
    """Optuna's rule."""
    metric: str | None = Field(default=None, exclude_if=lambda metric: metric is None)
    """What is looked at of that which the task logs; left out: the metric of the objective."""

    @property
    def options(self) -> dict[str, Any]:
        """The options of Optuna's class that are given."""
        return dict(self.model_extra or {})


def pruner_entry(value: object) -> object:
    """Return what a name alone stands for."""
    return {"name": value} if isinstance(value, str) else value
