"""How a table says what its cells are compared to."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from orchestrator.report.comparison.difference import TestName
from orchestrator.study.axis_values import Value
from orchestrator.study.strict import Strict

ComparedAspect = Literal["code", "data", "packages", "budget", "evaluation", "hardware"]
"""In what compared trials may be unlike."""
ASPECTS: tuple[ComparedAspect, ...] = get_args(ComparedAspect)
Correction = Literal["holm", "bonferroni", "benjamini-hochberg", "none"]


def compared_to(value: object) -> object:
    """Return the mapping that a bare value stands for: `compare: sgd`."""
    return value if isinstance(value, dict | TableComparison) else {"to": value}


def _unit(value: object) -> object:
    if value == PICTURE.key:
        return PICTURE
    return [value] if isinstance(value, str) else value


class ArtifactUnit(Strict):
    """Values by what a trial was tested on: a CSV file that it left, with a column for each metric."""

    artifact: str
    """Name of the file."""
    key: str
    """The column that says what each line is of."""


PICTURE = ArtifactUnit(artifact="pictures.csv", key="picture")
"""What the word `picture` stands for."""


class TableComparison(Strict):
    """What cells are compared to; the test and the level also decide what is bold."""

    to: Value | None = None
    """The base: a value of an axis that rows or columns run over, or the label of one of them."""
    axis: str | None = None
    """The axis of that value, where several have it."""
    test: TestName | None = None
    """Left out: `paired-t` where values pair, else `welch`."""
    correct: Correction = "holm"
    """Correction of p for all comparisons of the table."""
    unit: Annotated[
        list[str] | ArtifactUnit,
        BeforeValidator(_unit, json_schema_input_type=str | list[str] | ArtifactUnit),
    ] = Field(default_factory=list)
    """Axes by which values pair, a mean over the rest of `aggregate`; or `picture`. Left out: all."""
    level: float = Field(default=0.05, gt=0, lt=1)
    """Level of significance."""
    ignore: list[ComparedAspect] = Field(default_factory=list)
    """In what compared trials are meant to be unlike: no footnote, and stars and bold are not withheld."""
    show: Literal["marks", "columns"] = "marks"
    """`marks`: a star where a cell differs; `columns`: difference, interval, p and effect size, too."""

    @property
    def axes(self) -> list[str]:
        """The axes of `unit`."""
        return [] if isinstance(self.unit, ArtifactUnit) else self.unit

    @property
    def items(self) -> ArtifactUnit | None:
        """The file of `unit`, where it is one."""
        return self.unit if isinstance(self.unit, ArtifactUnit) else None
