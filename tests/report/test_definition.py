from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.report.definition import (
    GainDefinition,
    Line,
    TableDefinition,
    text_of,
)
from orchestrator.report.report_file import ReportFile

BARE: dict[str, Any] = {
    "id": "t",
    "title": "T",
    "stage": "s",
    "rows": [{"label": "r"}],
    "columns": [{"label": "c"}],
}


def test_table_without_a_metric_for_every_cell_is_refused() -> None:
    with pytest.raises(ValidationError, match="no metric"):
        TableDefinition.model_validate(BARE)


def test_metrics_of_all_columns_are_enough() -> None:
    columns = [{"label": "c", "metric": "iou"}]

    assert TableDefinition.model_validate(BARE | {"columns": columns}).metric is None


def test_column_with_a_place_needs_a_metric_in_every_row() -> None:
    columns = [{"label": "c", "metric": "{}_recall"}]

    with pytest.raises(ValidationError, match="give `metric` for every row"):
        TableDefinition.model_validate(BARE | {"columns": columns})


def test_parameters_of_all_rows_are_enough() -> None:
    rows = [{"label": "r", "param": "batch_size"}]

    assert TableDefinition.model_validate(BARE | {"rows": rows}).metric is None


def test_table_without_a_stage_for_every_cell_is_refused() -> None:
    rows = [{"label": "r", "stage": "s"}, {"label": "q"}]

    with pytest.raises(ValidationError, match="no stage"):
        TableDefinition.model_validate(BARE | {"metric": "iou", "stage": None, "rows": rows})


@pytest.mark.parametrize("place", ["table", "row"])
def test_an_axis_is_either_combined_or_aggregated(place: str) -> None:
    combine = {"combine": {"seed": "sum"}}
    given = {"metric": "iou"} | (combine if place == "table" else {"rows": [{"label": "r", **combine}]})

    with pytest.raises(ValidationError, match="`seed` is in `combine` and in `aggregate`"):
        TableDefinition.model_validate(BARE | given)


def test_line_shows_a_metric_or_a_parameter() -> None:
    with pytest.raises(ValidationError, match="not both"):
        Line(label="r", metric="iou", param="lr")


def test_row_of_a_gain_that_would_change_nothing_is_refused() -> None:
    given = {
        "metric": "iou",
        "compare": {"axis": "a", "value": 1, "to": 0},
        "over": ["b"],
        "rows": [{"label": "r", "param": "lr"}],
        "columns": [{"label": "c", "gain": "points"}],
    }

    with pytest.raises(ValidationError, match="given `param`"):
        GainDefinition.model_validate(BARE | given)


def test_line_without_label_and_axes_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs a `label`"):
        Line()


def test_labels_of_true_and_false_are_found() -> None:
    file = ReportFile.model_validate({"labels": {"hair": {True: "Hair"}}})

    assert file.label("hair", True) == "Hair"


@pytest.mark.parametrize("key", [1, "1"])
def test_labels_of_texts_that_look_like_numbers_are_found(key: object) -> None:
    file = ReportFile.model_validate({"labels": {"net": {key: "First"}}})

    assert file.label("net", "1") == "First"


def test_value_without_label_is_its_own_label() -> None:
    assert ReportFile().label("hair", False) == "false"


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (3, "3"), ("vgg16", "vgg16"), ("3", '"3"'), ("True", '"True"')]
)
def test_text_of(value: object, text: str) -> None:
    assert text_of(value) == text
