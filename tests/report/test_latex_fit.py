from dataclasses import replace

from orchestrator.report.latex_fit import layouts
from orchestrator.report.latex_layout import TextArea
from orchestrator.report.table import Cell, Row, Table

CELL = Cell(metric="iou", value=0.638, std=0.004, n=3)
PAGE = TextArea()


def table(columns: int, rows: int, *, group: int = 1000) -> Table:
    """Return a table of so many columns, with a header over each `group` of them."""
    paths = tuple((f"Group {at // group}", f"Metric {at}") for at in range(columns))
    lines = tuple(Row(path=(f"net {at}",), cells=(CELL,) * columns) for at in range(rows))
    return Table(id="t", title="T", stage="s", columns=paths, rows=lines)


def test_a_small_table_is_set_as_it_is() -> None:
    (layout,) = layouts(table(2, 3), PAGE)

    assert (layout.size.command, layout.rotated, layout.style.gap) == ("", False, 6)


def test_a_wider_one_is_set_smaller() -> None:
    (layout,) = layouts(table(5, 3), PAGE)

    assert (layout.size.command != "", layout.rotated) == (True, False)


def test_a_still_wider_one_stands_on_its_side() -> None:
    (layout,) = layouts(table(7, 3), PAGE)

    assert layout.rotated


def test_the_widest_is_set_in_parts_with_all_columns() -> None:
    parts = layouts(table(30, 3), PAGE)

    assert [path for part in parts for path in part.table.columns] == list(table(30, 3).columns)


def test_every_part_fits() -> None:
    parts = layouts(table(30, 100), PAGE)

    assert len(parts) > 10
    assert all(part.fits(PAGE) for part in parts)


def test_parts_are_numbered() -> None:
    parts = layouts(table(2, 100), PAGE)

    assert [(part.part, part.parts) for part in parts] == [
        (at, len(parts)) for at in range(1, len(parts) + 1)
    ]


def test_parts_of_rows_are_set_alike() -> None:
    assert len({(part.size, part.style) for part in layouts(table(2, 100), PAGE)}) == 1


def test_parts_begin_where_groups_do() -> None:
    first = layouts(table(16, 2, group=4), PAGE)[0]

    assert len(first.table.columns) == 4


def test_a_wider_page_needs_less() -> None:
    (layout,) = layouts(table(7, 3), replace(PAGE, width=520))

    assert (layout.rotated, layout.size.command) == (False, "")


def test_rows_and_columns_need_no_label() -> None:
    nameless = Table(id="t", title="T", stage="s", columns=((),), rows=(Row(path=(), cells=(CELL,)),))

    assert layouts(nameless, PAGE)[0].table.rows[0].path == ("",)
