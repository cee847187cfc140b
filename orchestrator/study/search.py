"""A search as its author writes it: what is chosen, how, for what and how often."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from orchestrator.study.axis_values import Value
from orchestrator.study.objective import Objective
from orchestrator.study.pruner import Pruner, PrunerName, pruner_entry
from orchestrator.study.strict import Strict

_LARGEST = 1e300
_NEAREST = 1e-300
"""Beyond these a sampler computes infinities."""


class Range(Strict):
    """A numeric interval of a search space, both ends included."""

    low: float | int
    """The least number."""
    high: float | int
    """The largest number."""
    log: bool = False
    """Whether it is searched on a log scale."""
    step: float | int | None = None
    """How far apart its numbers are; left out: any of them."""

    @model_validator(mode="after")
    def _searchable(self) -> Range:
        for name, value in (("low", self.low), ("high", self.high), ("step", self.step)):
            if value is not None and not -_LARGEST <= value <= _LARGEST:  # not a number neither
                raise ValueError(f"{name} must be a number between {-_LARGEST:g} and {_LARGEST:g}")
        if self.low >= self.high:
            raise ValueError(f"low ({self.low}) must be below high ({self.high})")
        if self.high - self.low < _NEAREST:
            raise ValueError(f"low ({self.low}) and high ({self.high}) are too near to each other")
        if self.step is not None and self.step <= 0:
            raise ValueError(f"a step is above 0, not {self.step}")
        if self.log and self.low <= 0:
            raise ValueError(f"a log range needs low > 0, not {self.low}")
        if self.log and self.step is not None:
            raise ValueError("a log range cannot have a step")
        return self


class Search(Strict):
    """Parameters that Optuna chooses, trial by trial."""

    sampler: Literal["grid", "random", "tpe"] = "tpe"
    """How they are chosen; `tpe` learns from results."""
    trials: int | None = Field(default=None, ge=1)
    """How many; a grid has as many as its product."""
    space: dict[str, Annotated[list[Value], Field(min_length=1)] | Range] = Field(min_length=1)
    """Parameter -> the list of its values, or a range as `{low: 1e-5, high: 1e-1, log: true}`."""
    objective: Objective
    """What is best, as `{minimize: val_loss}`."""
    parallel: int = Field(default=4, ge=1)
    """At most this many unfinished trials at once: more learn less from each other."""
    pruner: Annotated[
        Pruner | None, BeforeValidator(pruner_entry, json_schema_input_type=PrunerName | Pruner | None)
    ] = Field(default=None, exclude_if=lambda pruner: pruner is None)
    """What ends trials early, as `median` or `{name: hyperband, max_resource: 50}`."""

    @property
    def learns(self) -> bool:
        """Whether its answers depend on results."""
        return self.sampler not in {"grid", "random"}

    @model_validator(mode="after")
    def _counted(self) -> Search:
        if self.sampler == "grid":
            ranges = [name for name, values in self.space.items() if isinstance(values, Range)]
            if ranges:
                raise ValueError(f"a grid needs lists, but `{'`, `'.join(ranges)}` is a range")
            if self.trials is not None:
                raise ValueError("a grid has as many trials as its product; leave `trials` out")
        elif self.trials is None:
            raise ValueError(f"`trials` is missing: how many trials may sampler `{self.sampler}` use")
        return self
