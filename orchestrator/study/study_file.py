"""The study file as its author writes it, checked key by key."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from orchestrator.study.shape import Shape

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", max_length=80)]
Scalar = bool | int | float | str


class Strict(BaseModel):
    """A part of the study file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Objective(Strict):
    """Which metric is best, and in which direction: exactly one of the two is given."""

    minimize: str | None = None
    maximize: str | None = None

    @model_validator(mode="after")
    def _one_direction(self) -> Objective:
        if (self.minimize is None) == (self.maximize is None):
            raise ValueError("give exactly one of `minimize: METRIC` and `maximize: METRIC`")
        return self

    @property
    def metric(self) -> str:
        """The metric's name."""
        return self.minimize or self.maximize or ""

    def key(self, value: float) -> float:
        """Return a number that is smaller for a better value."""
        return value if self.minimize else -value


class Range(Strict):
    """A numeric interval of a search space, both ends included."""

    low: float | int
    high: float | int
    log: bool = False
    step: float | int | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.low >= self.high:
            raise ValueError(f"low ({self.low}) must be below high ({self.high})")
        if self.log and self.low <= 0:
            raise ValueError(f"a log range needs low > 0, not {self.low}")
        if self.log and self.step is not None:
            raise ValueError("a log range cannot have a step")
        return self


class Search(Strict):
    """Parameters that Optuna chooses, trial by trial."""

    sampler: Literal["grid", "random", "tpe"] = "tpe"
    trials: int | None = Field(default=None, ge=1)
    """How many; a grid has as many as its product."""
    space: dict[str, Annotated[list[Scalar], Field(min_length=1)] | Range] = Field(min_length=1)
    objective: Objective
    parallel: int = Field(default=4, ge=1)
    """At most this many unfinished trials at once: more learn less from each other."""

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


class Need(Strict):
    """An edge to the stage whose output is read."""

    stage: str
    when: dict[str, Scalar | list[Scalar]] = Field(default_factory=dict)
    """Only for points with these values."""
    best: str | Objective | None = None
    """Take the best finished trial and its parameters instead of joining on all axes."""


def _need(value: object) -> object:
    return {"stage": value} if isinstance(value, str) else value


class StageEntry(Strict):
    """One task over some axes."""

    task: str
    over: list[str] = Field(default_factory=list)
    params: dict[str, Any] = Field(default_factory=dict)
    needs: dict[str, Annotated[Need, BeforeValidator(_need)]] = Field(default_factory=dict)
    shape: str | None = None
    search: Search | None = None
    include: list[dict[str, Scalar]] = Field(default_factory=list)
    exclude: list[dict[str, Scalar | list[Scalar]]] = Field(default_factory=list)
    zip: list[Annotated[list[str], Field(min_length=2)]] = Field(default_factory=list)
    axes: dict[str, list[Scalar]] = Field(default_factory=dict)
    """Axes of this stage alone; filled in when studies are composed. Axes of the study go before them."""


class StudyFile(Strict):
    """A whole study after `extends` and `studies` were followed."""

    study: Name
    axes: dict[str, Annotated[list[Scalar], Field(min_length=1)]] = Field(default_factory=dict)
    shapes: dict[str, Shape] = Field(default_factory=dict)
    stages: dict[Name, StageEntry] = Field(min_length=1)
    report: str | list[str] | None = None
    """Files of table definitions, relative to the study file."""
