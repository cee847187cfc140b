import pytest

from orchestrator.messages.errors import UnlikeError
from orchestrator.report.table import Cell, Row, Table
from orchestrator.verbs.strictness import refuse_unlike


def table(*unlike: str) -> Table:
    rows = (Row(path=("a",), cells=(Cell(metric="acc", unlike=unlike),)),)
    return Table(id="main", title="T", stage="train", columns=(("acc",),), rows=rows)


def test_unlike_trials_are_refused_with_what_differs() -> None:
    told = "1 table compares trials that are unlike in more than what is compared\nmain: Unlike in code"
    with pytest.raises(UnlikeError, match=told) as error:
        refuse_unlike([table("Unlike in code: a in x; b in y.")])

    assert error.value.exit_code == 1


def test_trials_made_alike_are_not() -> None:
    refuse_unlike([table()])
