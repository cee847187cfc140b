import pytest

from orchestrator.report.reference import PrintedRow, PrintedTable

PRINTED = PrintedTable(
    id="t",
    title="Settings",
    where="Table 1",
    columns=["value", "other"],
    rows=[PrintedRow(row="crop", values=[[0.9, 1.0], None]), PrintedRow(row="type", values=["SGD", 3])],
)


@pytest.mark.parametrize(
    ("row", "column", "number"),
    [
        ("crop", "value", None),
        ("crop.1", "value", 1.0),
        ("crop.1", "other", None),
        ("crop.2", "value", None),
        ("type", "value", None),
        ("type", "other", 3.0),
    ],
)
def test_printed_numbers_are_found_in_lists_too(row: str, column: str, number: float | None) -> None:
    assert PRINTED.value(row, column) == number
