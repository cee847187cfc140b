"""Table definitions as `reports/*.yaml` declares them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from orchestrator.report.comparison.definition import TableComparison, compared_to
from orchestrator.study.axis_values import Value
from orchestrator.study.strict import Strict
from orchestrator.study.study_file import Name
from orchestrator.study.trial import quoted

AxisValues = dict[str, Value]
"""Axis -> the wanted value, or a list of several."""
Better = Literal["higher", "lower", "none"]
Spread = Literal["std", "sem", "ci95", "range", "none"]
"""Standard deviation of the values; that of their mean; its 95 % interval, half; least and most; nothing."""
PLACE = "{}"
MOST_DIGITS = 17
"""Decimals of a number: no more can be told apart near 1."""
Combine = dict[str, Literal["sum", "mean"]]
"""Axis -> what becomes of the values of trials that differ only in it, before any statistics."""


def text_of(value: object) -> str:
    """Return an axis value as YAML writes it: `true`, `vgg16`, `[64, 64]`, and the text `"3"` in quotes."""
    return quoted(value)


def _spread(value: object) -> object:
    return ("std" if value else "none") if isinstance(value, bool) else value


Spreading = Annotated[Spread, BeforeValidator(_spread, json_schema_input_type=Spread | bool)]


def _link(value: object) -> object:
    return {"table": value} if isinstance(value, str) else value


class Line(Strict):
    """A row or a column; with `over` one for every combination of values that the study has."""

    label: str | None = None
    """What a reader calls it."""
    over: list[str] = Field(default_factory=list)
    """Axes: one line for every combination of their values."""
    where: AxisValues = Field(default_factory=dict)
    """Axis -> the value that is meant, or a list of several."""
    stage: str | None = None
    """The stage whose trials it shows; left out: that of the table."""
    metric: str | None = None
    """In a column `{}` is where the row's metric goes: `{}_recall` and `cap` give `cap_recall`."""
    param: str | None = None
    """A parameter of the trials instead of a metric, for settings that a paper lists beside results.

    A part of one is `opt.lr`, a number of a list `crop_range.0`.
    """
    combine: Combine | None = None
    """Axis -> how values of trials that differ only in it become one."""
    scale: float | None = None
    """Factor of what is shown: 100 for percent."""
    digits: int | None = Field(default=None, ge=0, le=MOST_DIGITS)
    """Decimals that are shown."""
    better: Better | None = None
    """Which value is set bold."""
    spread: Spreading | None = None
    """What is shown behind the mean: `std`, `sem`, `ci95` (all as ±), `range` or `none`."""
    rank: bool | None = None
    """`false`: it takes no part in which one is best, as a baseline."""

    @model_validator(mode="after")
    def _named(self) -> Line:
        if self.label is None and not self.over:
            raise ValueError("a line needs a `label`, or the axes it runs `over`")
        if self.metric is not None and self.param is not None:
            raise ValueError("give `metric` or `param`, not both")
        return self


def _lines(given: object) -> object:
    """Return axes as the line that runs over them: `lr`, or `[optimizer, lr]`."""
    if isinstance(given, str):
        return [{"over": [given]}]
    if isinstance(given, list) and given and all(isinstance(axis, str) for axis in given):
        return [{"over": given}]
    return given


LinesOrAxes = Annotated[
    list[Line], BeforeValidator(_lines, json_schema_input_type=str | list[str] | list[Line])
]
"""Rows or columns; an axis, or a list of axes, is a line over them."""


class Link(Strict):
    """Which printed table stands beside; lines with equal labels meet, others are listed here."""

    table: str
    """Id of the printed table."""
    rows: dict[str, str] = Field(default_factory=dict)
    """Label here -> row of the reference."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Label here -> column of the reference."""


class Declared(Strict):
    """What a report file declares: a table or a figure."""

    id: Name
    """Its own name, which files of it have too."""
    title: str
    """What stands above it."""
    where: AxisValues = Field(default_factory=dict)
    """Axis -> the value that is meant, or a list of several."""
    footnotes: list[str] = Field(default_factory=list)
    """Ids of inconsistencies of the reference results; their texts are looked up."""


LinkOrId = Annotated[Link, BeforeValidator(_link, json_schema_input_type=str | Link)]


class CellsDefinition(Declared):
    """Measured metrics in cells: each takes a setting from its row, its column or the whole."""

    rows: Annotated[LinesOrAxes, Field(min_length=1)]
    """The rows, from above: lines, or axes that one line runs over."""
    columns: Annotated[LinesOrAxes, Field(min_length=1)]
    """The columns, from the left: lines, or axes that one line runs over."""
    stage: str | None = None
    """May be left out where every row, or every column, names its own."""
    metric: str | None = None
    """What its cells show; left out: what each row or column says."""
    aggregate: list[str] = Field(default_factory=lambda: ["seed"])
    """Axes over which a cell is a mean."""
    combine: Combine = Field(default_factory=dict)
    """Axis -> how values of trials that differ only in it become one."""
    scale: float = 1.0
    """Factor of what is shown: 100 for percent."""
    digits: int | None = Field(default=3, ge=0, le=MOST_DIGITS)
    """Decimals that are shown; `null`: numbers end where their spread does."""
    better: Better = "none"
    """Which value of a column is set bold."""
    spread: Spreading = "std"
    """What is shown behind the mean: `std`, `sem`, `ci95` (all as ±), `range` or `none`."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sides = (self.rows, self.columns)
        if self.metric is None and not any(all(line.metric or line.param for line in side) for side in sides):
            raise ValueError("no metric: give `metric` for all cells, for every row or for every column")
        open_ = any(PLACE in (column.metric or "") for column in self.columns)
        if open_ and not all(row.metric or row.param for row in self.rows):
            raise ValueError(
                f"`{PLACE}` in a column is where a row's metric goes: give `metric` for every row"
            )
        if self.stage is None and not any(all(line.stage for line in side) for side in sides):
            raise ValueError("no stage: give `stage` for all cells, for every row or for every column")
        given = [self.combine, *(line.combine for side in sides for line in side if line.combine)]
        both = {axis for combine in given for axis in combine} & set(self.aggregate)
        if both:
            raise ValueError(
                f"`{'`, `'.join(sorted(both))}` is in `combine` and in `aggregate` (by default [seed]): "
                "an axis is either folded into one value or averaged over"
            )
        return self


class TableDefinition(CellsDefinition):
    """A table of measured metrics."""

    reference: LinkOrId | None = None
    """The printed table that stands beside it: its id, or a mapping where labels differ."""
    compare: Annotated[
        TableComparison, BeforeValidator(compared_to, json_schema_input_type=Value | TableComparison)
    ] = Field(default_factory=TableComparison)
    """What each cell is compared to, and how: a value of an axis, the label of a line, or a mapping."""
    ranks: bool = False
    """Whether a last column has the mean rank of each row over all columns."""

    @model_validator(mode="after")
    def _paired_by_what_is_averaged(self) -> Self:
        strange = set(self.compare.axes) - set(self.aggregate)
        if strange:
            raise ValueError(
                f"`unit: {', '.join(sorted(strange))}` is not in `aggregate` ({', '.join(self.aggregate)}): "
                "values are paired by what a cell is a mean over"
            )
        return self


class Comparison(Strict):
    """Two values of one axis: `value` is compared to `to`."""

    axis: str
    """The axis that both are values of."""
    value: Value
    """What gains."""
    to: Value
    """The base that it is compared to."""


class GainColumn(Strict):
    """One way to express a gain."""

    label: str
    """What a reader calls it."""
    gain: Literal["relative", "points", "sooner"]
    """`relative`: percent of the base; `points`: difference times 100; `sooner`: epochs (steps) before the
    best of the base's curve at which the other curve is as good, of a metric that both log."""
    digits: int = Field(default=2, ge=0, le=MOST_DIGITS)
    """Decimals that are shown."""
    over: list[str] = Field(default_factory=list)
    """One column for every combination of these axes; left out: the average over all conditions."""


class GainDefinition(Declared):
    """The gain of one axis value over another, averaged over conditions within each seed."""

    stage: str
    """The stage whose trials are compared."""
    metric: str
    """What is compared."""
    compare: Comparison
    """Which two values."""
    better: Literal["higher", "lower"] | None = None
    """What `sooner` takes for the best of a curve; left out: as the metric's name says."""
    over: list[str] = Field(min_length=1)
    """Axes whose combinations are the conditions averaged over."""
    rows: Annotated[LinesOrAxes, Field(min_length=1)]
    """The rows, from above: lines, or axes that one line runs over."""
    columns: list[GainColumn] = Field(min_length=1)
    """The columns, from the left."""
    aggregate: list[str] = Field(default_factory=lambda: ["seed"])
    """Axes over which a cell is a mean."""
    reference: LinkOrId | None = None
    """The printed table that stands beside it: its id, or a mapping where labels differ."""
    spread: Spreading = "std"
    """What is shown behind the mean: `std`, `sem`, `ci95` (all as ±), `range` or `none`."""

    @model_validator(mode="after")
    def _plain_rows(self) -> GainDefinition:
        unused = {name for row in self.rows for name in row.model_fields_set - {"label", "over", "where"}}
        if unused:
            raise ValueError(
                f"a row of a gain takes `label`, `over` and `where`; given `{'`, `'.join(sorted(unused))}`"
            )
        return self
