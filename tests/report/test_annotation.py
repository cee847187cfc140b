from dataclasses import replace
from typing import Any

import pytest

from orchestrator.report.annotation import (
    annotated,
    flag_notes,
    gap_note,
    printed_note,
    spread_note,
    timed_note,
    with_marks,
)
from orchestrator.report.definition import Link
from orchestrator.report.reference import Reference
from orchestrator.report.table import Cell, Row, Table
from orchestrator.study.trial import Gathered
from tests.observations import gather, observe

FULL = Cell(metric="iou", value=0.5, std=0.01, n=3, better="higher")
REFERENCE = Reference.model_validate(
    {
        "tables": [
            {
                "id": "ref",
                "title": "R",
                "where": "Table 9",
                "columns": ["LFW/hair", "code"],
                "rows": [{"row": "Control", "values": [0.638, "text"]}],
                "see": ["I-1"],
            }
        ],
        "inconsistencies": [{"id": "I-1", "finding": "odd", "resolution": "even"}],
    }
)


def column(*cells: Cell) -> tuple[Row, ...]:
    return tuple(Row(path=("r",), cells=(cell,)) for cell in cells)


def beside(columns: dict[str, str], row: str = "Control", **changes: Any) -> Table:
    rows = (Row(path=(row,), cells=(FULL,)),)
    table = Table(id="t", title="T", stage="segment", columns=(("Hair",),), rows=rows)
    link = Link(table="ref", columns=columns)
    return annotated(
        table, [], gather(observe({}), reference=REFERENCE), link, **{"footnotes": [], **changes}
    )


def test_a_time_of_a_shared_worker_is_marked() -> None:
    rows, notes = with_marks(column(replace(FULL, shared=2, trials=("a", "b", "c"))))

    assert rows[0].cells[0].mark == notes[0].mark == "a"
    assert notes[0].text.startswith("2 of 3 trials shared their worker with others (`slots`, `lockstep`): ")


def test_what_was_trained_in_lockstep_is_marked() -> None:
    rows, notes = with_marks(column(replace(FULL, in_lockstep=2, trials=("a", "b", "c"))))

    assert rows[0].cells[0].mark == notes[0].mark == "a"
    assert notes[0].text.startswith("2 of 3 trials were trained in lockstep with others, ")


def test_incomplete_cell_is_marked_and_explained() -> None:
    rows, notes = with_marks(column(FULL, replace(FULL, n=2, missing=1, reasons=(("failed", 1),))))

    assert [row.cells[0].mark for row in rows] == ["", "a"]
    assert notes[0].text == "2 of 3 have a value (1 failed); the mean is over those."


def test_cells_incomplete_for_the_same_reason_share_a_mark() -> None:
    part = replace(FULL, n=2, missing=1, reasons=(("failed", 1),))
    rows, notes = with_marks(column(part, part, replace(part, missing=2)))

    assert [row.cells[0].mark for row in rows] == ["a", "a", "b"]
    assert len(notes) == 2


def test_empty_cells_are_explained_together() -> None:
    waiting = Cell(metric="iou", missing=2, reasons=(("waiting", 2),))

    assert gap_note(column(waiting, waiting, FULL)) == "—: no value in 2 of 3 cells (waiting)."


def test_printed_numbers_are_told_from_those_derived_from_them() -> None:
    (printed,) = REFERENCE.tables
    derived = printed.model_copy(update={"kind": "derived"})

    assert [printed_note(printed), printed_note(derived)] == [
        "In parentheses: as printed in Table 9.",
        "In parentheses: derived from what is printed.",
    ]


def test_spread_note_names_n() -> None:
    assert spread_note(column(FULL)) == "Mean ± sample standard deviation, n = 3."
    assert spread_note(column(FULL, replace(FULL, n=2))).endswith("n = 2 to 3.")
    assert spread_note(column(replace(FULL, n=1))) == "One value per cell, so no spread is known."


def test_other_spreads_are_called_by_their_names() -> None:
    assert spread_note(column(replace(FULL, spread="sem"))) == "Mean ± standard error of the mean, n = 3."
    assert spread_note(column(replace(FULL, spread="range"))) == "Mean [least, greatest], n = 3."


def test_what_is_unlike_is_a_mark() -> None:
    rows, notes = with_marks(column(replace(FULL, unlike=("Unlike in code: a in r; b in s.",))))

    assert (rows[0].cells[0].mark, notes[0].text) == ("a", "Unlike in code: a in r; b in s.")


def test_flagged_trials_are_counted() -> None:
    used = [
        observe({"random_weights": 1.0}, seed=0),
        observe({"random_weights": 0.0}, seed=1),
        observe({}, seed=2),
    ]

    flags = {"random_weights": "Weights: random"}

    assert flag_notes(used, flags) == ["Weights: random (in 1 of 2 trials)."]
    assert flag_notes(used[1:], flags) == []


def test_printed_number_stands_in_the_cell_it_is_mapped_to() -> None:
    assert beside({"Hair": "LFW/hair"}).rows[0].cells[0].reference == 0.638


def test_printed_text_is_no_number() -> None:
    assert beside({"Hair": "code"}).rows[0].cells[0].reference is None


def test_row_that_the_paper_lacks_has_no_printed_number() -> None:
    assert beside({"Hair": "LFW/hair"}, row="Mean mask").rows[0].cells[0].reference is None


@pytest.mark.parametrize(
    ("made_with", "told"),
    [
        ({"gpu": "Card X", "threads": "4"}, "Times were taken on: Card X (in 1 of 1 trials)."),
        ({"threads": "4"}, "Times were taken on: a CPU with 4 threads (in 1 of 1 trials)."),
        ({}, ""),
    ],
)
def test_it_is_told_on_what_times_were_taken(made_with: dict[str, str], told: str) -> None:
    one = replace(observe({"timing_hours": 1.0}), made_with=made_with)
    cell = Cell(metric="timing_hours", value=1.0, n=1, trials=(one.trial.id,))

    assert timed_note(column(cell), [one]) == told


def test_a_table_without_times_tells_no_machine() -> None:
    one = replace(observe({"iou": 1.0}), made_with={"gpu": "Card X"})

    assert timed_note(column(replace(FULL, trials=(one.trial.id,))), [one]) == ""


def test_inconsistencies_of_the_reference_become_notes() -> None:
    assert [note.text for note in beside({}, footnotes=["I-1"]).notes][-1] == "I-1: odd. Here: even."


def test_what_trials_were_made_without_is_noted() -> None:
    one = observe({"iou": 0.5})
    gathered = {"folds": Gathered(members=(), without=({"fold": 1},))}
    lacking = replace(one, trial=one.trial.model_copy(update={"gathered": gathered}))
    table = annotated(
        Table(id="t", title="T", stage="segment", columns=(), rows=()), [lacking], gather(), None, []
    )

    assert [note.text for note in table.notes] == [
        "1 of 1 trials of segment were made without trials that have no result: fold=1."
    ]
