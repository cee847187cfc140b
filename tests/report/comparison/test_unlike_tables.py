from orchestrator.report.comparison.unlike_tables import unlike_tables
from orchestrator.report.table import Cell, Row, Table


def table(identity: str, *unlike: str) -> Table:
    rows = tuple(Row(path=(str(at),), cells=(Cell(metric="acc", unlike=unlike),)) for at in range(2))
    return Table(id=identity, title="T", stage="train", columns=(("acc",),), rows=rows)


def test_a_table_says_each_thing_once() -> None:
    assert unlike_tables([table("main", "Unlike in code.", "Unlike in data.")]) == {
        "main": ["Unlike in code.", "Unlike in data."]
    }


def test_tables_of_equals_are_not_named() -> None:
    assert unlike_tables([table("main")]) == {}
