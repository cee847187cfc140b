"""Comparisons, ranks and what withholds bold, as a table shows them."""

from dataclasses import replace

import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.tabulate import build
from orchestrator.study.trial import Trial
from tests.observations import gather
from tests.report.declared import APART, declared, pair, seeded


def test_a_row_is_compared_to_the_one_that_is_named() -> None:
    table = build(declared(compare="control"), gather(*APART))

    assert [row.cells[0].sign for row in table.rows] == ["", "*"]
    assert [note.text[:22] for note in table.notes][1] == "*: differs from contro"


def test_comparisons_may_be_columns() -> None:
    table = build(declared(compare={"to": "control", "show": "columns"}), gather(*APART))

    assert [path[-1] for path in table.columns] == ["value", "difference", "95 % CI", "p (Holm)", "effect"]


def test_a_base_that_is_misspelt_is_told() -> None:
    with pytest.raises(NotFoundError, match="`compare: contrl`: no other row or column has the value"):
        build(declared(compare="contrl"), gather(*APART))


def test_a_ranked_table_ends_with_the_mean_rank() -> None:
    table = build(declared(better="higher", ranks=True), gather(*APART))

    assert [row.cells[-1].value for row in table.rows] == [2.0, 1.0]


def test_a_row_may_stay_out_of_the_ranking() -> None:
    rows = [{"over": ["pretrain"], "rank": False}]

    assert not any(
        row.cells[0].best for row in build(declared(rows=rows, better="higher"), gather(*APART)).rows
    )


def test_values_pair_by_the_unit_that_is_given() -> None:
    """Two seeds of each fold are no two folds: the mean over seeds stands for a fold."""
    seen = [
        one
        for fold in (1, 2, 3)
        for one in seeded(control=[0.5, 0.6], gender=[0.6, 0.8], hair=True, fold=fold)
    ]
    both = declared(aggregate=["seed", "fold"], compare={"to": "control", "unit": "fold"})
    cell = build(both, gather(*seen)).rows[1].cells[0]

    assert (cell.n, [name for name, _ in cell.values]) == (6, ["fold=1", "fold=2", "fold=3"])
    assert cell.compared is not None
    assert cell.compared.pairs == 3


def test_a_unit_must_be_what_a_cell_is_a_mean_over() -> None:
    with pytest.raises(ValueError, match="`unit: fold` is not in `aggregate`"):
        declared(compare={"to": "control", "unit": "fold"})


def test_unlike_trials_withhold_stars_and_bold() -> None:
    made = [replace(one, code=str(one.trial.axes["pretrain"])) for one in APART]
    table = build(declared(compare="control", better="higher"), gather(*made))

    assert not any(cell.best or cell.sign for row in table.rows for cell in row.cells)
    assert "Unlike in code: control in control; gender in gender." in [note.text for note in table.notes]


def test_cells_may_be_compared_by_picture() -> None:
    """One training each, but many pictures: the note says that trainings are not what was drawn."""
    found = {"control": [0.5, 0.6, 0.7, 0.4], "gender": [0.6, 0.68, 0.81, 0.5]}

    def scores(trial: Trial, *_: str) -> dict[str, dict[str, float]]:
        return {"iou": {str(at): value for at, value in enumerate(found[trial.axes["pretrain"]])}}

    material = replace(gather(*pair(0.55, 0.65, hair=True)), scores=scores)
    table = build(declared(compare={"to": "control", "unit": "picture"}), material)
    cell = table.rows[1].cells[0]

    assert (cell.n, cell.sign, cell.compared and cell.compared.pairs) == (1, "*", 4)
    assert "by picture" in table.notes[1].text
    assert "nothing of other trainings" in table.notes[1].text
