from dataclasses import replace

from orchestrator.report.cell_text import number
from orchestrator.report.comparison.columns import with_comparison_columns, with_mean_rank
from orchestrator.report.comparison.definition import TableComparison
from orchestrator.report.table import CellComparison, Row, Table
from tests.report.comparison.cells import cell_of

COMPARED = CellComparison(
    to="sgd",
    test="paired-t",
    pairs=5,
    difference=0.1023,
    low=0.08,
    high=0.12,
    p=0.0001,
    corrected=0.0004,
    effect=5.1,
    effect_name="Cohen's d_z",
)
BASE, OTHER = cell_of(0.5, 0.51), cell_of(0.6, 0.61)
COLUMNS = TableComparison(to="sgd", show="columns")


def table(*rows: Row, columns: tuple[tuple[str, ...], ...] = (("acc",),)) -> Table:
    return Table(id="t", title="T", stage="train", columns=columns, rows=rows)


WIDE = with_comparison_columns(
    table(Row(path=("sgd",), cells=(BASE,)), Row(path=("adam",), cells=(replace(OTHER, compared=COMPARED),))),
    COLUMNS,
)


def test_a_compared_column_is_followed_by_what_was_found() -> None:
    assert [path[-1] for path in WIDE.columns] == ["value", "difference", "95 % CI", "p (Holm)", "effect"]


def test_cells_say_what_was_found() -> None:
    assert [number(cell) for cell in WIDE.rows[1].cells[1:]] == ["0.102", "[0.080, 0.120]", "<0.001", "5.10"]


def test_a_small_p_keeps_its_number() -> None:
    assert WIDE.rows[1].cells[3].value == 0.0004


def test_the_base_has_no_difference() -> None:
    assert [number(cell) for cell in WIDE.rows[0].cells[1:]] == ["—"] * 4


def test_marks_add_no_column() -> None:
    narrow = table(Row(path=("adam",), cells=(replace(OTHER, compared=COMPARED),)))

    assert with_comparison_columns(narrow, TableComparison(to="sgd")) == narrow


def test_mean_rank_is_over_all_columns_with_places() -> None:
    rows = [
        Row(path=("a",), cells=(replace(BASE, rank=1.0), replace(BASE, rank=2.0), BASE)),
        Row(path=("b",), cells=(replace(BASE, rank=2.0), replace(BASE, rank=1.5), BASE)),
    ]
    ranked = with_mean_rank(table(*rows, columns=(("x",), ("y",), ("time",))))

    assert ranked.columns[-1] == ("Mean rank",)
    assert [row.cells[-1].value for row in ranked.rows] == [1.5, 1.75]


def test_a_row_without_a_place_somewhere_has_no_mean_rank() -> None:
    rows = [
        Row(path=("a",), cells=(replace(BASE, rank=1.0), BASE)),
        Row(path=("b",), cells=(replace(BASE, rank=2.0), replace(BASE, rank=1.0))),
    ]

    assert with_mean_rank(table(*rows, columns=(("x",), ("y",)))).rows[0].cells[-1].value is None
