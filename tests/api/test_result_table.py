import math

import pytest

from orchestrator.api.result_table import ResultTable
from orchestrator.report.edges.render import WRITERS
from orchestrator.report.table import Cell, Note, Row, Table

CELL = Cell(metric="loss", value=0.25, std=0.125, n=2, trials=("aa", "bb"))
TABLE = Table(
    id="t",
    title="Loss of <nets>",
    stage="train",
    columns=(("lr", "0.1"), ("lr", "0.4")),
    rows=(Row(path=("a",), cells=(CELL, Cell(metric="loss", missing=2))),),
    notes=(Note(text="n = 2 & more"),),
)
RESULT = ResultTable(TABLE)


def test_numbers_are_unrounded_and_missing_ones_stay_missing() -> None:
    assert RESULT.values.loc["a", "lr / 0.1"] == 0.25
    assert math.isnan(RESULT.values.loc["a", "lr / 0.4"])  # type: ignore[arg-type]  # pandas-stubs knows no scalar


def test_text_is_what_people_read() -> None:
    assert RESULT.text.iloc[0].tolist() == ["0.250 ± 0.125", "—"]


def test_every_cell_names_its_trials() -> None:
    assert RESULT.cells["trials"].tolist() == ["aa bb", ""]


@pytest.mark.parametrize(
    ("written", "suffix"),
    [(RESULT.to_latex(), "tex"), (RESULT.to_markdown(), "md"), (RESULT.to_csv(), "csv")],
)
def test_it_is_written_as_the_report_writes_it(written: str, suffix: str) -> None:
    assert written == WRITERS[suffix](TABLE)


def test_a_terminal_shows_markdown() -> None:
    assert repr(RESULT) == RESULT.to_markdown().rstrip()


def test_a_notebook_shows_what_people_wrote_as_text() -> None:
    html = RESULT._repr_html_()

    assert "<strong>Loss of &lt;nets&gt;</strong>" in html
    assert "n = 2 &amp; more" in html
