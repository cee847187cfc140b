"""The views of MLflow's UI, without MLflow."""

import json
from dataclasses import replace
from typing import Any

from orchestrator.tracking.telling import Telling
from orchestrator.tracking.views import LONGEST_VIEW, VIEW, SavedView, views_of

TRAIN = Telling(
    stage="faces.train",
    short="train",
    axes=("lr", "seed"),
    metrics=("val_acc", "val_loss"),
    others=(),
    counts=frozenset(),
    told={},
    needed=False,
)
DATA = replace(TRAIN, stage="data", short="data", axes=(), metrics=())
TEST = replace(TRAIN, stage="test", short="test", metrics=("test_loss",))


def views(*found: Telling, **curves: list[str]) -> list[SavedView]:
    return views_of({one.stage: one for one in found}, curves)


def charts(one: Telling, *curves: str) -> list[tuple[str, Any]]:
    (view,) = views_of({one.stage: one}, {one.stage: curves})
    return [(chart["type"], chart.get("metricKey")) for chart in view.state["compareRunCharts"]]


def test_a_study_is_shown_at_first_in_the_view_of_its_only_training() -> None:
    assert [(view.key, view.name) for view in views(DATA, TRAIN)] == [(VIEW, "train")]


def test_several_trainings_have_a_view_each_after_one_of_all() -> None:
    assert [view.name for view in views(DATA, TRAIN, TEST)] == ["all trainings", "train", "test"]


def test_data_is_not_in_the_view_of_all_trainings() -> None:
    assert "tags.stage != 'data'" in views(DATA, TRAIN, TEST)[0].state["searchFilter"]


def test_columns_are_what_varies_then_metrics() -> None:
    assert views(TRAIN)[0].state["selectedColumns"] == [
        "params.`lr`",
        "params.`seed`",
        "metrics.`result/val_acc`",
        "metrics.`result/val_loss`",
        "tags.`state`",
    ]


def test_the_best_comes_first() -> None:
    def order(one: Telling) -> tuple[Any, Any]:
        state = views(one)[0].state
        return state["orderByKey"], state["orderByAsc"]

    assert [order(TRAIN), order(TEST)] == [
        ("metrics.`result/val_acc`", False),
        ("metrics.`result/test_loss`", True),
    ]


def test_charts_begin_with_curves_then_bars_and_points_over_the_axis() -> None:
    assert charts(TRAIN, "val_loss", "val_acc") == [
        ("LINE", "curves/val_acc"),
        ("LINE", "curves/val_loss"),
        ("BAR", "result/val_acc"),
        ("SCATTER", None),
        ("BAR", "result/val_loss"),
    ]


def test_several_axes_are_drawn_side_by_side() -> None:
    assert ("PARALLEL", None) in charts(replace(TRAIN, axes=("lr", "width")))


def test_a_view_of_many_metrics_fits_into_a_tag() -> None:
    many = tuple(f"val_acc_of_a_class_with_a_long_name_{number}" for number in range(80))

    assert len(views(replace(TRAIN, metrics=many))[0].text()) <= LONGEST_VIEW


def test_a_view_is_saved_as_mlflow_saves_one() -> None:
    saved = json.loads(SavedView(key="k", name="train", state={"a": 1}).text(3))

    assert (saved["name"], saved["createdAt"], json.loads(saved["state"])) == ("train", 3, {"a": 1})
