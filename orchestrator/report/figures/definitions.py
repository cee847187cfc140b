"""Figures as `reports/*.yaml` declares them, in the words of tables."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from orchestrator.messages.problems import nearest
from orchestrator.report.definition import MOST_DIGITS, Better, CellsDefinition, Declared, LinesOrAxes
from orchestrator.study.strict import Strict

Direction = Literal["higher", "lower"]
DEFAULT_KIND = "curves"


class _OfStage(Declared):
    stage: str
    """The stage whose trials are drawn."""


class CurvesDefinition(_OfStage):
    """Learning curves: a line for each trial, and their mean."""

    kind: Literal["curves"] = "curves"
    """May be left out."""
    metric: str | None = None
    """Curves of this metric."""
    metrics: dict[str, str] = Field(default_factory=dict)
    """Several metrics in one figure, a colour each, and what a reader calls them."""
    series: list[str] = Field(default_factory=list, max_length=2)
    """Axes of the lines: the first decides the colour, the second the dash; beside `metrics` one: a dash."""
    x_label: str = "Epoch"
    """What stands below it."""
    y_label: str | None = None
    """What stands beside it; left out: the metric."""

    @property
    def quantity(self) -> str:
        """What a reader calls what is drawn."""
        return self.y_label or self.metric or ", ".join(self.metrics.values())

    @model_validator(mode="after")
    def _something_to_draw(self) -> Self:
        if (self.metric is None) == (not self.metrics):
            raise ValueError("give `metric`, or several as `metrics: {NAME: what a reader calls it}`")
        if self.metric is not None and not self.series:
            raise ValueError("no lines: give `series`, the axes with a line for each value, as `[seed]`")
        if len(self.metrics) > 0 and len(self.series) > 1:
            raise ValueError("`metrics` have a colour each, which leaves the dash for one axis of `series`")
        return self


class _DrawnCells(CellsDefinition):
    """Cells as a table has them, drawn."""

    rows: LinesOrAxes = Field(default_factory=list)
    """Lines, or axes that one line runs over; left out: one row."""
    digits: int | None = Field(default=None, ge=0, le=MOST_DIGITS)
    """Decimals that are shown; left out: numbers end where their spread does."""
    x_label: str | None = None
    """What stands below it; left out: the axes of the columns."""
    metric_label: str | None = None
    """What a reader calls the metric; left out: the metric."""

    better: Better = "none"
    """Which values are the best; left out: as the metric's name says."""

    @model_validator(mode="after")
    def _some_row(self) -> Self:
        if not self.rows:
            raise ValueError("no metric: give `metric` for all cells, or rows that name theirs")
        return self

    @model_validator(mode="before")
    @classmethod
    def _one_row(cls, given: Any) -> Any:
        """Let a figure without rows have one."""
        if isinstance(given, dict) and "rows" not in given and isinstance(given.get("metric"), str):
            return {**given, "rows": [{"label": given.get("metric_label") or given["metric"]}]}
        return given


class BarsDefinition(_DrawnCells):
    """Bars: columns stand side by side, a bar of its own colour for each row, with its spread."""

    kind: Literal["bars"]
    """How it is drawn."""


class HeatMapDefinition(_DrawnCells):
    """A heat map: a table whose cells are coloured by their numbers."""

    kind: Literal["heat_map"]
    """How it is drawn."""
    y_label: str | None = None
    """What stands beside it; left out: the axes of the rows."""


class EpochsToDefinition(_OfStage):
    """How many epochs (steps) trials take until a metric that they log first reaches a score."""

    kind: Literal["epochs_to"]
    """How it is drawn."""
    metric: str
    """What was logged."""
    reaches: float
    """The score."""
    better: Direction | None = None
    """Whether it is reached from below (`higher`) or from above; left out: as the metric's name says."""
    rows: LinesOrAxes = Field(default_factory=list)
    """Lines, or axes that one line runs over: a colour each; left out: one."""
    columns: Annotated[LinesOrAxes, Field(min_length=1)]
    """Lines, or axes that one line runs over: from the left."""
    aggregate: list[str] = Field(default_factory=lambda: ["seed"])
    """Axes whose trials stand together."""
    x_label: str | None = None
    """What stands below it; left out: the axes of the columns."""
    y_label: str = "Epochs"
    """What is counted."""
    metric_label: str | None = None
    """What a reader calls the metric; left out: the metric."""


def _quantity(given: object) -> object:
    return {"name": given} if isinstance(given, str) else given


class Quantity(Strict):
    """A number of each trial: a metric of its result, or a parameter."""

    name: str
    """The metric, or where there is none of that name the parameter."""
    label: str | None = None
    """What a reader calls it; left out: its name."""
    scale: float = 1.0
    """Factor of what is shown: 100 for percent."""

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return self.label or self.name


Side = Annotated[Quantity, BeforeValidator(_quantity, json_schema_input_type=str | Quantity)]


class ScatterDefinition(_OfStage):
    """A point for each trial, or for each setting, by two of its numbers."""

    kind: Literal["scatter"]
    """How it is drawn."""
    x: Side
    """What lies across: a metric or a parameter, or a mapping with its `label` and `scale`."""
    y: Side
    """What goes up, in the same forms."""
    series: list[str] = Field(default_factory=list, max_length=2)
    """Axes of the points: the first decides the colour, the second the form."""
    aggregate: list[str] = Field(default_factory=list)
    """Axes over which a point is a mean, as `[seed]`; left out: a point for each trial."""


class ParallelDefinition(_OfStage):
    """Each setting as a line across axes or parameters, the metric last, which decides the colour."""

    kind: Literal["parallel"]
    """How it is drawn."""
    metric: str
    """What the lines end at."""
    over: list[str] = Field(min_length=1, max_length=7)
    """Axes of the study, or parameters."""
    better: Direction | None = None
    """Which lines are the best; left out: as the metric's name says."""
    aggregate: list[str] = Field(default_factory=lambda: ["seed"])
    """Axes over which a line is a mean; `[]`: a line for each trial."""
    scale: float = 1.0
    """Factor of what is shown: 100 for percent."""
    metric_label: str | None = None
    """What a reader calls the metric; left out: the metric."""


class ConfusionDefinition(_OfStage):
    """What trials answered (columns) of what is true (rows), summed over seeds, in percent of each row."""

    kind: Literal["confusion"]
    """How it is drawn."""
    artifact: str = "confusion.csv"
    """The file that trials leave: a line for each truth, a column for each answer, counts."""
    columns: LinesOrAxes = Field(default_factory=list)
    """Lines, or axes that one line runs over: a matrix each; left out: one."""
    aggregate: list[str] = Field(default_factory=lambda: ["seed"])
    """Axes over which counts are summed."""


class PicturesDefinition(_OfStage):
    """Pictures that trials left as artifacts, of each cell that of the first finished seed."""

    kind: Literal["pictures"] = "pictures"
    """May be left out."""
    artifact: str
    """The name of the artifact."""
    rows: LinesOrAxes = Field(default_factory=list)
    """Lines, or axes that one line runs over, from above; left out: one row."""
    columns: LinesOrAxes = Field(default_factory=list)
    """Lines, or axes that one line runs over, from the left; left out: one column."""
    series: list[str] = Field(default_factory=list, max_length=2)
    """The same as columns over these axes, as report files said it before there were rows."""
    x_label: str | None = None
    """What stands above it; left out: nothing."""

    @model_validator(mode="after")
    def _laid_out(self) -> Self:
        if self.series and self.columns:
            raise ValueError("give `columns` or `series`, not both: they mean the same")
        return self


def _kind_of(given: Any) -> str | None:
    if not isinstance(given, dict):
        return getattr(given, "kind", None)
    return given.get("kind") or ("pictures" if "artifact" in given else DEFAULT_KIND)


class UnknownKindError(ValueError):
    """A kind that is none; `hint` says which there are."""

    def __init__(self, kind: object) -> None:
        super().__init__(f"`kind: {kind}` is no kind of figure")
        self.hint = nearest(kind, KINDS, f"there are: {', '.join(KINDS)}")


def _known(given: Any) -> Any:
    if isinstance(given, dict) and _kind_of(given) not in KINDS:
        raise UnknownKindError(given.get("kind"))
    return given


AnyFigure = (
    BarsDefinition
    | ConfusionDefinition
    | CurvesDefinition
    | EpochsToDefinition
    | HeatMapDefinition
    | ParallelDefinition
    | PicturesDefinition
    | ScatterDefinition
)
FigureDefinition = Annotated[
    Annotated[BarsDefinition, Tag("bars")]
    | Annotated[ConfusionDefinition, Tag("confusion")]
    | Annotated[CurvesDefinition, Tag("curves")]
    | Annotated[EpochsToDefinition, Tag("epochs_to")]
    | Annotated[HeatMapDefinition, Tag("heat_map")]
    | Annotated[ParallelDefinition, Tag("parallel")]
    | Annotated[PicturesDefinition, Tag("pictures")]
    | Annotated[ScatterDefinition, Tag("scatter")],
    Discriminator(_kind_of),
    BeforeValidator(_known),
]
"""One of the kinds; `kind` says which."""
KINDS: dict[str, type[AnyFigure]] = {
    "bars": BarsDefinition,
    "confusion": ConfusionDefinition,
    "curves": CurvesDefinition,
    "epochs_to": EpochsToDefinition,
    "heat_map": HeatMapDefinition,
    "parallel": ParallelDefinition,
    "pictures": PicturesDefinition,
    "scatter": ScatterDefinition,
}
"""Kind -> what it may say."""
