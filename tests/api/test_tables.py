from typing import Any

import pytest

from orchestrator.api.tables import declared_table, table_over
from orchestrator.evidence.state import State
from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.report.definition import ReportFile
from orchestrator.report.selection import Material, Observation
from orchestrator.report.table import Table, full
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


def table(**given: Any) -> Table:
    asked: dict[str, Any] = {"rows": ["lr"], "columns": ["net"], "metrics": ["loss"], "stage": None}
    return table_over(MATERIAL, **{**asked, "where": {}, "options": {"aggregate": ["seed"]}, **given})


def test_rows_and_columns_run_over_axes() -> None:
    made = table()

    assert [full(row.path) for row in made.rows] == ["0.1", "0.4"]
    assert [full(path) for path in made.columns] == ["a", "b"]


def test_a_cell_is_the_mean_over_seeds() -> None:
    assert table().rows[0].cells[0].value == pytest.approx(0.15)


def test_without_columns_there_is_one_for_each_metric() -> None:
    made = table(rows=["lr", "net"], columns=[], metrics=["loss", "f1"])

    assert made.columns == (("loss",), ("f1",))


def test_numbers_have_four_significant_digits_unless_others_are_asked_for() -> None:
    options = {"aggregate": ["seed"], "digits": 2}

    assert [made.rows[0].cells[0].digits for made in (table(), table(options=options))] == [None, 2]


def test_the_stage_is_the_one_that_has_axes_and_metric() -> None:
    assert table(rows=["net"], columns=["lr"]).stage == "train"
    assert table(rows=["step"], columns=[], metrics=["anything"]).stage == "later"


def test_of_stages_with_the_axes_the_one_with_the_metric_is_meant() -> None:
    assert table(rows=["net"], columns=[], where={"lr": 0.1}).stage == "train"


def test_which_of_several_stages_is_meant_has_to_be_said() -> None:
    with pytest.raises(UserError, match="`train`, `test` may be meant") as raised:
        table(rows=["net"], columns=[], metrics=["f1"])

    assert raised.value.hint == 'name one of them: `stage="train"`'


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
        ({"rows": []}, "needs rows and a metric"),
        ({"options": {"digits": 99}}, "digits: `99` must be at most 17"),
        ({"options": {"better": "up"}}, "better: "),
    ],
)
def test_what_is_no_table_is_told(given: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        table(**given)


def test_a_table_that_no_file_declares_is_told() -> None:
    with pytest.raises(NotFoundError) as raised:
        declared_table("losses", [], Material(stages={}, file=ReportFile()))

    assert raised.value.hint == "the tables are: none"
