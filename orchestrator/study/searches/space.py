"""What a search may choose from: lists, ranges of numbers, and parameters that go with one value alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    Discriminator,
    Field,
    RootModel,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    model_serializer,
    model_validator,
)

from orchestrator.study.axis_values import Value
from orchestrator.study.strict import Strict

if TYPE_CHECKING:
    from orchestrator.messages.problems import Keys

_LARGEST = 1e300
_NEAREST = 1e-300
"""Beyond these a sampler computes infinities."""
_PAIRS = "branches"
"""Under this key branches are written to JSON, whose own keys are texts alone."""


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


class Branches(RootModel[dict[StrictStr | StrictBool | StrictInt | StrictFloat | None, "Space | None"]]):
    """Values of a parameter, each with what is searched only with it: `{sgd: {momentum: [0.9]}, adam: }`."""

    model_config = {"frozen": True}

    @model_validator(mode="before")
    @classmethod
    def _with_keys_of_any_kind(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.keys() == {_PAIRS} and isinstance(given[_PAIRS], list):
            given = dict(given[_PAIRS])
        if not isinstance(given, dict):
            return given
        return {value: {} if space is None else space for value, space in given.items()}

    @property
    def spaces(self) -> dict[Any, Space]:
        """Value -> what is searched only with it."""
        return {value: space or {} for value, space in self.root.items()}

    @model_serializer
    def _as_pairs(self) -> dict[str, Any]:
        return {_PAIRS: [[value, space] for value, space in self.spaces.items()]}


def _form(given: Any) -> str:
    """Return how something searched is written: a range has numbers for its ends, branches have none."""
    if isinstance(given, Branches):
        return "branches"
    if not isinstance(given, dict) or not given:
        return "values"
    if given.keys() == {_PAIRS} and isinstance(given[_PAIRS], list):
        return "branches"
    inside = any(isinstance(part, dict) for part in given.values())
    numbers = given.keys() <= Range.model_fields.keys()
    return "branches" if inside or (not numbers and None in given.values()) else "values"


Parts = Annotated[
    Annotated[Annotated[list[Value], Field(min_length=1)] | Range, Tag("values")]
    | Annotated[Branches, Tag("branches")],
    Discriminator(_form),
]
Space = dict[str, Parts]
"""Parameter -> what is searched of it."""
Branches.model_rebuild()


def has_text_keys(place: Keys) -> bool:
    """Say whether the keys of the mapping at a place are texts: those of branches are values."""
    inside = place[4:]
    return place[2:4] != ("search", "space") or not inside or any(isinstance(key, int) for key in inside)
