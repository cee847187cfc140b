"""One figure of each kind that the page draws, as plain values."""

from PIL import Image

from orchestrator.report.edges.drawing.pictures import pictures_chart
from orchestrator.report.edges.figure_kinds import DRAWN
from orchestrator.report.figures.curves import Curves, Series
from orchestrator.report.figures.definitions import CurvesDefinition
from orchestrator.report.figures.pictures import Panel, Pictures
from orchestrator.report.page.charts import (
    Chart,
    contour_chart,
    curves_chart,
    front_chart,
    history_chart,
    importance_chart,
    parallel_chart,
    slices_chart,
    training_chart,
)
from orchestrator.report.searches.figure_data import (
    Contour,
    ParallelLines,
    ParetoFront,
    SearchHistory,
    Slice,
    TrainingCurves,
)
from orchestrator.report.searches.parameter_axis import ParameterAxis
from tests.report.figures.plain_figures import SEEN, figure, trials

LR = ParameterAxis(name="lr", log=True)
NET = ParameterAxis(name="net", listed=("small", "large"))
LINES = (((0, 0.1), (1, 0.4), (2, 0.5), (3, 0.6)), ((0, 0.2), (1, float("nan")), (2, 0.4), (3, 0.5)))
CURVES = Curves(
    definition=CurvesDefinition(id="c", title="C", stage="s", metric="val_iou", series=["encoder"]),
    series=tuple(
        Series(label=label, color=place, dash=place, lines=LINES, trials=("a0", "a1"))
        for place, label in enumerate(("Control", "Gender"))
    ),
)
PICTURES = Pictures(
    definition=figure("pictures"),  # type: ignore[arg-type]
    panels=(
        (
            Panel(row="", column="small", trial=SEEN[0].trial),
            Panel(row="", column="large", trial=None, why="waiting"),
        ),
    ),
)
HISTORY = SearchHistory(
    label="sweep",
    finished=((1, 0.5), (2, 0.3), (4, 0.4)),
    best=((1, 0.5), (2, 0.3), (4, 0.3)),
    pruned=(3,),
    failed=(5,),
)
PARALLEL = ParallelLines(
    axes=(LR, NET), lines=((-1.0, 0.0), (-2.0, 1.0), (-3.0, None)), values=(0.5, 0.4, 0.3)
)
CHARTS: dict[str, Chart] = {
    "curves": curves_chart(CURVES),
    "history": history_chart([HISTORY], "loss"),
    "slices": slices_chart(
        [Slice(axis=LR, points=((-1.0, 0.5, 1), (-2.0, 0.4, 2))), Slice(axis=NET, points=((0.0, 0.5, 1),))],
        "loss",
    ),
    "parallel": parallel_chart(PARALLEL, "loss", more=False),
    "importance": importance_chart({"lr": 0.8, "net": 0.2}, "loss"),
    "contour": contour_chart(
        Contour(across=LR, up=NET, points=((-1.0, 0.0, 0.5), (-2.0, 1.0, 0.4))), "loss", more=False
    ),
    "front": front_chart(
        ParetoFront(names=("loss", "time"), points=((1.0, 2.0), (2.0, 1.0)), front=((1.0, 2.0), (2.0, 1.0)))
    ),
    "training": training_chart(
        TrainingCurves(curves=(("complete", LINES[0]), ("pruned", LINES[1])), best=LINES[0], left_out=0),
        "loss",
    ),
}
CHARTS |= {
    name: kind.chart(kind.values(figure(name), trials()))
    for name, kind in DRAWN.items()
    if name != "parallel"
}
CHARTS["pictures"] = pictures_chart(PICTURES, {SEEN[0].trial.id: Image.new("RGB", (8, 8), "red")})
