"""A search as its author writes it: what is chosen, how, for what and how often."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from orchestrator.study.axis_values import Value
from orchestrator.study.objective import Objective
from orchestrator.study.searches.pruner import Pruner, PrunerName, pruner_entry
from orchestrator.study.searches.sampler import Sampler, SamplerOptions, learns
from orchestrator.study.searches.search_checks import check_end, check_objectives, read_objective, read_seeds
from orchestrator.study.searches.search_end import ENDING
from orchestrator.study.searches.space import Range as Range  # noqa: PLC0414  # who reads a search wants both
from orchestrator.study.searches.space import Space
from orchestrator.study.searches.tree import every, names_of, wrong_in
from orchestrator.study.shape import Seconds
from orchestrator.study.strict import Strict


def _absent(value: object) -> bool:
    return value is None


class Search(Strict):
    """Parameters that are chosen trial by trial."""

    sampler: Sampler = "tpe"
    """How they are chosen: a name, or `{name: tpe, n_startup_trials: 20}` with options as Optuna has them."""
    seed: int | None = Field(default=None, ge=0, exclude_if=lambda seed: seed is None)
    """Another seed draws other answers."""
    trials: int | None = Field(default=None, ge=1)
    """How many answers it gives; a grid has as many as its product."""
    space: Space = Field(min_length=1)
    """Parameter -> a list of values, a range as `{low: 1e-5, high: 1e-1, log: true}`, or branches."""
    constraints: list[str] = Field(default_factory=list, exclude_if=lambda constraints: not constraints)
    """Conditions that each answer meets, as `lr * batch_size <= 1`."""
    enqueue: list[dict[str, Value]] = Field(default_factory=list, exclude_if=lambda points: not points)
    """Points that are tried first; what one leaves out is drawn."""
    objective: Annotated[
        Objective | Annotated[list[Objective], Field(min_length=1)], BeforeValidator(read_objective)
    ]
    """What is best, as `{minimize: val_loss}`, or a list of several."""
    seeds: Annotated[
        list[int] | None, BeforeValidator(read_seeds, json_schema_input_type=int | list[int])
    ] = Field(default=None, exclude_if=_absent)
    """Each answer is tried with so many seeds, or with those of a list; its value is the mean."""
    parallel: int = Field(default=4, ge=1)
    """At most this many trials at work at once: more learn less from each other."""
    pruner: Annotated[
        Pruner | None, BeforeValidator(pruner_entry, json_schema_input_type=PrunerName | Pruner | None)
    ] = Field(default=None, exclude_if=_absent)
    """What ends trials early, as `median` or `{name: hyperband, max_resource: 50}`."""
    rounds: int | None = Field(default=None, ge=1, exclude_if=_absent)
    """Asked so many at once, when all before have ended: the same on any number of workers."""
    timeout: Seconds | None = Field(default=None, exclude_if=_absent)
    """It asks no more so long after its first trial began, as `12h`; what was asked for ends normally."""
    target: float | None = Field(default=None, exclude_if=_absent)
    """It asks no more once an answer is as good as this."""
    patience: int | None = Field(default=None, ge=1, exclude_if=_absent)
    """It asks no more once so many answers in a row improved nothing."""

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """What is best, however many metrics decide it."""
        return tuple(self.objective) if isinstance(self.objective, list) else (self.objective,)

    @property
    def watched(self) -> str:
        """The metric that says how a trial gets on: by it a pruner decides."""
        return (self.pruner.metric if self.pruner else None) or self.objectives[0].metric

    @property
    def tried_with(self) -> tuple[int | None, ...]:
        """The seeds that each answer is tried with; one None where it is the point's own."""
        return tuple(self.seeds) if self.seeds else (None,)

    @property
    def ends_early(self) -> bool:
        """Whether it may ask no more before it gave all its answers."""
        return any(getattr(self, key) is not None for key in ENDING)

    @property
    def sampler_name(self) -> str:
        """The name of its sampler."""
        return self.sampler.name if isinstance(self.sampler, SamplerOptions) else self.sampler

    @property
    def sampler_options(self) -> dict[str, Any]:
        """The options that its sampler is given."""
        return self.sampler.options if isinstance(self.sampler, SamplerOptions) else {}

    @property
    def is_grid(self) -> bool:
        """Whether it goes through all combinations: such a search is points like any others."""
        return self.sampler_name == "grid"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all that is searched, dotted where it is part of a parameter."""
        return names_of(self.space)

    @property
    def learns(self) -> bool:
        """Whether its answers depend on results."""
        return learns(self.sampler_name)

    @field_validator("space")
    @classmethod
    def _each_once(cls, space: Space) -> Space:
        if wrong := wrong_in(space):
            raise ValueError(wrong)
        return space

    @model_validator(mode="after")
    def _counted(self) -> Search:
        if self.is_grid:
            ranges = [one.name for one in every(self.space) if isinstance(one.values, Range)]
            if ranges:
                raise ValueError(f"a grid needs lists, but `{'`, `'.join(ranges)}` is a range")
            if self.trials is not None:
                raise ValueError("a grid has as many trials as its product; leave `trials` out")
            if self.enqueue:
                raise ValueError("a grid tries all of its points; leave `enqueue` out")
        elif self.trials is None:
            raise ValueError(f"`trials` is missing: how many trials may sampler `{self.sampler_name}` use")
        elif len(self.enqueue) > self.trials:
            raise ValueError(f"`enqueue` has {len(self.enqueue)} points, and `trials` is {self.trials}")
        check_objectives(self.objectives)
        check_end(self)
        return self
