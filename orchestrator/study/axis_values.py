"""What may stand under an axis: a list of values, evenly spaced numbers, or records with names."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    StrictFloat,
    StrictInt,
    Tag,
    model_validator,
)

from orchestrator.study.written_forms import exactly_one

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = JsonValue
"""Of an axis: text, a number, a truth value, null, or a list or a mapping of these."""
Number = StrictInt | StrictFloat

MOST_POINTS = 100_000
"""Of one stage, before `exclude`; and values of one axis."""
_DIGITS = 12
"""Significant ones of a number between two ends: nobody means `0.30000000000000004`."""
_LARGEST = 1e300
"""Beyond it numbers between two ends may be infinite."""
_SPACING = frozenset({"from", "to", "num", "step", "log"})


class Spacing(BaseModel):
    """Numbers between two ends: so many, or so far apart."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=exactly_one("num", "step"))

    first: Number = Field(alias="from")
    """The first number."""
    to: Number
    """The last number."""
    num: StrictInt | None = None
    """How many, both ends included."""
    step: Number | None = None
    """How far apart; the end is included where it is hit."""
    log: bool = False
    """Whether they are even on a log scale."""

    @model_validator(mode="before")
    @classmethod
    def _of_an_axis(cls, given: dict[str, object]) -> dict[str, object]:
        if given.keys() & {"low", "high"}:
            raise ValueError("`low` and `high` are of searches: write `{from: 1, to: 9, num: 5}` here")
        return given

    @model_validator(mode="after")
    def _countable(self) -> Spacing:
        for name, value in (("from", self.first), ("to", self.to), ("step", self.step)):
            if value is not None and not -_LARGEST <= value <= _LARGEST:  # not a number neither
                raise ValueError(f"`{name}` must be a number between {-_LARGEST:g} and {_LARGEST:g}")
        if (self.num is None) == (self.step is None):
            raise ValueError("give exactly one of `num: HOW_MANY` and `step: HOW_FAR_APART`")
        if self.first == self.to:
            raise ValueError(f"`from` and `to` are both {self.to}: write `[{self.to}]`")
        if self.log and self.step is not None:
            raise ValueError("numbers that are even on a log scale have no step: give `num`")
        if self.log and (self.first <= 0 or self.to <= 0):
            raise ValueError(f"a log scale needs numbers above 0, not {min(self.first, self.to)}")
        if self.num is not None and not 2 <= self.num <= MOST_POINTS:
            raise ValueError(f"`num` is from 2 to {MOST_POINTS:,}, not {self.num}")
        if self.step is not None:
            self._check_step(self.step)
        return self

    def _check_step(self, step: float) -> None:
        if step == 0 or (step > 0) != (self.to > self.first):
            raise ValueError(f"a step of {step} does not lead from {self.first} to {self.to}")
        if self._steps(step) >= MOST_POINTS:
            raise ValueError(
                f"from {self.first} to {self.to} there are {self._steps(step) + 1:,} steps of {step}, "
                f"and an axis has at most {MOST_POINTS:,} values"
            )

    def _steps(self, step: float) -> int:
        return int((_exact(self.to) - _exact(self.first)) / _exact(step))

    def values(self) -> list[int | float]:
        """Return the numbers, whole ones where all are whole and so are the ends."""
        found = self._between()
        whole = isinstance(self.first, int) and isinstance(self.to, int) and not isinstance(self.step, float)
        if whole and all(value == int(value) for value in found):
            return [int(value) for value in found]
        return [_shortest(value) for value in found]

    def _between(self) -> list[Fraction]:
        """Return the numbers exactly:  ends have the digits that are written, not those that are stored."""
        start, end = _exact(self.first), _exact(self.to)
        if self.step is not None:
            return [start + place * _exact(self.step) for place in range(self._steps(self.step) + 1)]
        assert self.num is not None
        last = self.num - 1
        if self.log:
            low, high = math.log(self.first), math.log(self.to)
            inner = [math.exp(low + (high - low) * place / last) for place in range(1, last)]
            return [start, *(_exact(_rounded(value)) for value in inner), end]
        return [start + (end - start) * place / last for place in range(self.num)]


def _exact(value: float) -> Fraction:
    return Fraction(str(value))


def _shortest(value: Fraction) -> float:
    """Return a number that was written as it is, any other one rounded."""
    number = float(value)
    return number if _exact(number) == value else _rounded(number)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


class Records(list[Value]):
    """The names of an axis of records: to all who compare, join or show values they are texts as others."""

    def __init__(self, records: Mapping[str, Mapping[str, Value]]) -> None:
        super().__init__(records)
        self.records = records
        """Name -> the linked values that it stands for."""


def _form(given: object) -> str:
    """Say what is meant: records where a part is a mapping, or where nothing looks like spaced numbers."""
    if not isinstance(given, dict):
        return "list of values"
    if any(isinstance(part, dict) for part in given.values()):
        return "named records"
    return "spaced numbers" if given.keys() & (_SPACING | {"low", "high"}) else "named records"


def is_records(given: object) -> bool:
    """Say whether what stands under an axis is meant as records with names."""
    return isinstance(given, dict) and _form(given) == "named records"


def _as_list(given: list[Value] | Spacing | dict[str, dict[str, Value]]) -> list[Value]:
    if isinstance(given, Spacing):
        return list(given.values())
    return Records(given) if isinstance(given, dict) else given


if TYPE_CHECKING:
    AxisValues = list[Value]
else:  # read as a list, whichever of the three was written
    AxisValues = Annotated[
        Annotated[list[Value], Tag("list of values")]
        | Annotated[Spacing, Tag("spaced numbers")]
        | Annotated[dict[str, dict[str, Value]], Tag("named records")],
        Discriminator(_form),
        AfterValidator(_as_list),
        Field(min_length=1),
    ]
