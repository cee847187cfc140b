"""Which metric is best, in which direction: what searches are for and needs choose by."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from orchestrator.study.strict import Strict
from orchestrator.study.written_forms import exactly_one

RANK = "rank"
"""The axis that a need with `top` gives its stage: 1 for the best, 2 for the next."""


class Objective(Strict):
    """Which metric is best, and in which direction: exactly one of the two is given."""

    model_config = ConfigDict(json_schema_extra=exactly_one("minimize", "maximize"))

    minimize: str | None = None
    """The metric of which less is better."""
    maximize: str | None = None
    """The metric of which more is better."""

    @model_validator(mode="after")
    def _one_direction(self) -> Objective:
        if (self.minimize is None) == (self.maximize is None):
            raise ValueError("give exactly one of `minimize: METRIC` and `maximize: METRIC`")
        return self

    @property
    def metric(self) -> str:
        """The metric's name."""
        return self.minimize or self.maximize or ""

    @property
    def direction(self) -> Literal["minimize", "maximize"]:
        """Whether less or more of it is better, in Optuna's words."""
        return "minimize" if self.minimize else "maximize"

    def key(self, value: float) -> float:
        """Return a number that is smaller for a better value."""
        return value if self.minimize else -value


class Best(Objective):
    """Which trial of a needed stage is taken."""

    mean: list[str] = Field(default_factory=list)
    """Axes that the metric is averaged over first: trials that differ in nothing else are compared as one."""
    top: int | None = Field(default=None, ge=1, exclude_if=lambda top: top is None)
    """Take so many of the best: this stage gets an axis `rank`, 1 for the best."""
