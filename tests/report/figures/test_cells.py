import pytest

from orchestrator.report.definition import Line
from orchestrator.report.figures.cells import axes_of, direction, ends, no_value, span, text_of_cell
from orchestrator.report.table import Cell, Row, Table
from tests.observations import observe


def table(*values: float | None) -> Table:
    """Return a table of one row with these values."""
    cells = tuple(Cell(metric="acc", value=value, n=value is not None, digits=1) for value in values)
    columns = tuple((str(place),) for place in range(len(values)))
    return Table(id="t", title="T", stage="s", columns=columns, rows=(Row(path=("r",), cells=cells),))


@pytest.mark.parametrize(
    ("better", "said"),
    [
        ("higher", "Best 0.9 (1), worst 0.1 (0). 1 without a value."),
        ("lower", "Best 0.1 (0), worst 0.9 (1). 1 without a value."),
        ("none", "From 0.1 (0) to 0.9 (1). 1 without a value."),
    ],
)
def test_the_span_of_numbers_is_said(better: str, said: str) -> None:
    assert span(table(0.1, 0.9, None), better) == said  # type: ignore[arg-type]


def test_one_number_has_no_span() -> None:
    assert span(table(0.5), "higher") == "The one number is 0.5 (0)."


def test_what_is_better_is_guessed_only_where_nobody_says_it() -> None:
    assert [direction("none", "val_loss"), direction("higher", "val_loss")] == ["lower", "higher"]


def test_axes_of_lines_are_named_once() -> None:
    assert axes_of([Line(over=["lr"]), Line(over=["net", "lr"])]) == "lr, net"


def test_a_cell_with_a_note_carries_its_letter() -> None:
    assert text_of_cell(Cell(metric="acc", value=0.5, n=1, digits=1, mark="a")) == "0.5 a"


def test_ends_are_those_of_the_spread() -> None:
    assert ends(Cell(metric="acc", value=0.5, std=0.1, n=2)) == (0.4, 0.6)


def test_a_metric_that_is_known_is_only_not_there_yet() -> None:
    error = no_value(["acc"], [observe({"acc": 0.5})])

    assert str(error).startswith("no trial has a value of `acc` yet")
