from dataclasses import replace
from typing import Any

import pytest

from orchestrator.evidence.state import State
from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.report.directions import Said
from orchestrator.report.selection import Material, Observation
from orchestrator.report.table import Table, full
from orchestrator.report.table_over import AskedTable, table_over
from orchestrator.study.trial import Trial


def observed(stage: str, metrics: dict[str, float] | None = None, **axes: Any) -> Observation:
    trial = Trial(
        id=f"{stage}{axes}", stage=stage, task="t", version=1, params={}, seed=0, needs={}, axes=axes
    )
    return Observation(trial=trial, state=State.DONE, metrics=metrics)


MATERIAL = Material(
    stages={
        "train": [
            observed("train", {"loss": lr * (seed + 1), "f1": lr}, lr=lr, net=net, seed=seed)
            for lr in (0.1, 0.4)
            for net in ("a", "b")
            for seed in (0, 1)
        ],
        "test": [observed("test", {"f1": 1.0}, net=net) for net in ("a", "b")],
        "later": [observed("later", step=1)],
    }
)


def table(told: dict[str, Said] | None = None, **given: Any) -> Table:
    asked: dict[str, Any] = {"rows": ["lr"], "columns": ["net"], "metrics": ["loss"]}
    options = {"aggregate": ["seed"]} | given.pop("options", {})
    return table_over(MATERIAL, AskedTable(**{**asked, **given}, options=options), told)


def notes(made: Table) -> list[str]:
    return [note.text for note in made.notes]


def test_rows_and_columns_run_over_axes() -> None:
    made = table()

    assert [full(row.path) for row in made.rows] == ["0.1", "0.4"]
    assert [full(path) for path in made.columns] == ["a", "b"]


def test_a_cell_is_the_mean_over_seeds() -> None:
    assert table().rows[0].cells[0].value == pytest.approx(0.15)


def test_without_columns_there_is_one_for_each_metric() -> None:
    made = table(rows=["lr", "net"], columns=[], metrics=["loss", "f1"])

    assert made.columns == (("loss",), ("f1",))


def test_numbers_end_where_their_spread_does_unless_digits_are_asked_for() -> None:
    tables = (table(), table(options={"digits": 2}))

    assert [made.rows[0].cells[0].digits for made in tables] == [None, 2]


def test_rows_that_are_not_asked_for_are_over_what_nothing_else_names() -> None:
    assert table(rows=[], stage="train").row_heads == ("lr",)
    assert table(rows=[], columns=[], stage="train").row_heads == ("lr", "net")


def test_a_setting_that_is_given_has_no_row_of_its_own() -> None:
    assert table(rows=[], where={"lr": 0.1}, stage="train").row_heads == ()


def test_what_a_search_has_chosen_is_no_axis() -> None:
    seen = [observed("a", {"loss": lr}) for lr in (0.1, 0.2)]
    seen = [
        replace(one, trial=one.trial.model_copy(update={"params": {"lr": place}}))
        for place, one in enumerate(seen)
    ]

    with pytest.raises(NotFoundError, match="trials of stage `a` differ in `lr`, which is no axis"):
        table_over(Material(stages={"a": seen}), AskedTable())


def test_the_metric_that_is_not_asked_for_is_what_the_stage_is_about() -> None:
    assert table(metrics=[], columns=[], rows=["lr", "net"]).columns == (("loss",),)


def test_where_nothing_tells_the_metric_has_to_be_said() -> None:
    material = Material(stages={"a": [observed("a", {"x": 1.0, "y": 2.0}, lr=1)]})

    with pytest.raises(UserError, match="which metric of stage `a` is meant") as raised:
        table_over(material, AskedTable())

    assert raised.value.hint == "name one as `metric`; there are `x`, `y`"


def test_which_values_are_better_is_guessed_and_said() -> None:
    made = table(columns=[], rows=["lr", "net"], metrics=["loss", "f1"])

    assert [cell.better for cell in made.rows[0].cells] == ["lower", "higher"]
    assert "Better is more of f1 and less of loss, guessed by name." in notes(made)


def test_what_the_study_says_is_no_guess() -> None:
    made = table({"train": {"loss": "higher"}})

    assert made.rows[0].cells[0].better == "higher"
    assert "Better is more of loss, as the study has it." in notes(made)


def test_what_is_asked_for_needs_no_note() -> None:
    made = table(better="none")

    assert made.rows[0].cells[0].better == "none"
    assert not any(text.startswith("Better is") for text in notes(made))


def test_cells_are_compared_to_a_value_of_an_axis() -> None:
    compared = [row.cells[0].compared for row in table(options={"compare": 0.1}).rows]

    assert [one is not None for one in compared] == [False, True]


def test_ends_of_differences_have_few_digits_too() -> None:
    made = table(options={"compare": {"to": 0.1, "show": "columns"}})

    assert max(len(cell.text) for row in made.rows for cell in row.cells) < 20


def test_the_stage_is_the_one_that_has_axes_and_metric() -> None:
    assert table(rows=["net"], columns=["lr"]).stage == "train"
    assert table(rows=["step"], columns=[], metrics=["anything"]).stage == "later"


def test_of_stages_with_the_axes_the_one_with_the_metric_is_meant() -> None:
    assert table(rows=["net"], columns=[], where={"lr": 0.1}).stage == "train"


def test_which_of_several_stages_is_meant_has_to_be_said() -> None:
    with pytest.raises(UserError, match="`train`, `test` may be meant") as raised:
        table(rows=["net"], columns=[], metrics=["f1"])

    assert raised.value.hint == "name one of them as `stage` (`--stage train`)"


def test_axes_that_no_stage_has_together_are_told() -> None:
    with pytest.raises(NotFoundError, match="no stage runs over all of `lr`, `step`"):
        table(columns=["step"])


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"rows": ["lrr"]}, "did you mean `lr`?"),
        ({"metrics": ["los"]}, "did you mean `loss`?"),
        ({"where": {"nett": "a"}}, "did you mean `net`?"),
    ],
)
def test_a_name_that_is_not_there_is_told_with_the_nearest(given: dict[str, Any], hint: str) -> None:
    with pytest.raises(NotFoundError) as raised:
        table(stage="train", **given)

    assert raised.value.hint == hint


def test_trials_that_differ_in_an_axis_that_nobody_named_are_told() -> None:
    with pytest.raises(NotFoundError, match="trials differ in `net`"):
        table(columns=[])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"options": {"digits": 99}}, "digits: `99` must be at most 17"),
        ({"options": {"spread": "wide"}}, "spread: "),
    ],
)
def test_what_is_no_table_is_told(given: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        table(**given)
