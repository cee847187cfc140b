from typing import Any

import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.comparison.definition import TableComparison
from orchestrator.report.comparison.partners import partners
from orchestrator.report.definition import Line
from orchestrator.report.selection import Header
from tests.observations import gather, observe

MATERIAL = gather(observe({}, encoder="vgg16", opt="sgd"))
ACC = (Header(path=("acc",), where={}, line=Line(label="acc")),)


def over(*points: dict[str, Any], label: str | None = None) -> list[Header]:
    """Return the headers of one line over the axes of these points."""
    line = Line(label=label, over=list(points[0]))
    prefix = (label,) if label else ()
    return [Header(path=(*prefix, *map(str, point.values())), where=point, line=line) for point in points]


def found(rows: list[Header], **compare: Any) -> dict[int, int]:
    pairs = partners(rows, ACC, TableComparison.model_validate(compare), MATERIAL)
    return {place[0]: base[0] for place, base in pairs.items()}


def test_each_row_is_compared_to_the_one_of_that_value() -> None:
    assert found(over({"opt": "sgd"}, {"opt": "adam"}, {"opt": "lion"}), to="sgd") == {1: 0, 2: 0}


def test_other_axes_stay_the_same() -> None:
    rows = over(*({"lr": lr, "opt": opt} for lr in (0.1, 0.2) for opt in ("sgd", "adam")))

    assert found(rows, to="sgd") == {1: 0, 3: 2}


def test_a_label_of_the_value_means_it_too() -> None:
    """`VGG16` is what readers call the value `vgg16`."""
    assert found(over({"encoder": "vgg16"}, {"encoder": "resnet50"}), to="VGG16") == {1: 0}


def test_a_row_may_be_named_by_its_label() -> None:
    rows = [Header(path=(name,), where={}, line=Line(label=name)) for name in ("Baseline", "Ours")]

    assert found(rows, to="Baseline") == {1: 0}


def test_a_label_of_several_rows_means_the_one_at_the_same_values() -> None:
    rows = over({"hair": True}, {"hair": False}) + over({"hair": True}, {"hair": False}, label="Untrained")

    assert found(rows, to="Untrained") == {0: 2, 1: 3}


def test_an_axis_decides_between_equal_values() -> None:
    rows = over(*({"train": a, "test": b} for a in ("A", "B") for b in ("A", "B")))

    assert found(rows, to="A", axis="test") == {1: 0, 3: 2}


def test_one_and_true_are_two_values() -> None:
    assert found(over({"layers": 1}, {"layers": True}), to=1) == {1: 0}


def test_columns_are_compared_where_the_value_is_theirs() -> None:
    columns = over({"opt": "sgd"}, {"opt": "adam"})

    assert partners(ACC, columns, TableComparison(to="sgd"), MATERIAL) == {(0, 1): (0, 0)}


def test_nothing_is_compared_where_nobody_asks() -> None:
    assert found(over({"opt": "sgd"}, {"opt": "adam"})) == {}


def test_an_unknown_base_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="`compare: sdg`: no other row or column") as error:
        found(over({"opt": "sgd"}, {"opt": "adam"}), to="sdg")

    assert "`sgd`" in (error.value.hint or "")
