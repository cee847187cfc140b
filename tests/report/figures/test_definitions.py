import pytest
from pydantic import ValidationError

from orchestrator.report.definition import Line
from orchestrator.report.figures.definitions import (
    BarsDefinition,
    CurvesDefinition,
    HeatMapDefinition,
    PicturesDefinition,
)
from orchestrator.report.report_file import ReportFile

OF_STAGE = {"id": "f", "title": "F", "stage": "train"}


def read(**keys: object) -> object:
    """Return the one figure of a report file."""
    return ReportFile.model_validate({"figures": [OF_STAGE | keys]}).figures[0]


def test_a_figure_without_a_kind_is_one_of_curves() -> None:
    assert isinstance(read(metric="acc", series=["net"]), CurvesDefinition)


def test_a_figure_of_an_artifact_is_one_of_pictures() -> None:
    assert isinstance(read(artifact="masks.png", series=["net"]), PicturesDefinition)


def test_an_axis_is_a_line_over_it() -> None:
    found = read(kind="heat_map", metric="acc", rows=["net", "lr"], columns="seed")

    assert isinstance(found, HeatMapDefinition)
    assert found.rows == [Line(over=["net", "lr"])]
    assert found.columns == [Line(over=["seed"])]


def test_a_figure_without_rows_has_one_named_like_its_metric() -> None:
    found = read(kind="bars", metric="acc", columns="net")

    assert isinstance(found, BarsDefinition)
    assert [row.label for row in found.rows] == ["acc"]


def test_bars_without_a_metric_are_refused() -> None:
    with pytest.raises(ValidationError, match="no metric"):
        read(kind="bars", columns="net")


def test_a_kind_that_is_none_is_told_with_the_nearest() -> None:
    with pytest.raises(ValidationError) as told:
        read(kind="heatmap", metric="acc")

    error = told.value.errors()[0]["ctx"]["error"]
    assert (str(error), error.hint) == ("`kind: heatmap` is no kind of figure", "did you mean `heat_map`?")


def test_columns_of_pictures_are_given_once() -> None:
    with pytest.raises(ValidationError, match="give `columns` or `series`, not both"):
        read(artifact="masks.png", series=["net"], columns="lr")
