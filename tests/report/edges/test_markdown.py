from orchestrator.report.edges.markdown import markdown
from orchestrator.report.table import Cell, Row, Table


def lines(heads: tuple[str, ...], *paths: tuple[str, ...]) -> list[str]:
    rows = tuple(Row(path=path, cells=(Cell(metric="acc", value=0.5, n=1, digits=1),)) for path in paths)
    table = Table(id="t", title="T", stage="s", row_heads=heads, columns=(("acc",),), rows=rows)
    return markdown(table).splitlines()[2:]


def test_each_level_of_labels_has_a_column() -> None:
    assert lines(("lr", "net"), ("0.1", "a")) == [
        "| lr  | net | acc |",
        "| --- | --- | --: |",
        "| 0.1 | a   | 0.5 |",
    ]


def test_a_row_with_fewer_labels_leaves_the_last_ones_empty() -> None:
    assert lines(("lr", "net"), ("mean",))[2] == "| mean |     | 0.5 |"


def test_labels_that_nobody_has_named_are_in_one_column() -> None:
    assert lines((), ("0.1", "a"))[::2] == ["|         | acc |", "| 0.1 / a | 0.5 |"]
