import math
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.reference import Reference
from orchestrator.report.selection import Material, Observation
from orchestrator.report.table import Table
from orchestrator.report.tabulate import build
from tests.observations import gather, observe
from tests.report.declared import declared, pair


def test_rows_and_columns_run_over_the_values_of_the_study() -> None:
    table = build(declared(), gather(*pair(0.5, 0.6, hair=True), *pair(0.4, 0.5, hair=False)))

    assert [[cell.value for cell in row.cells] for row in table.rows] == [[0.5, 0.4], [0.6, 0.5]]


def test_rows_stand_together_by_the_first_axis_that_is_named() -> None:
    seen = [observe({"iou": 0.5}, pretrain=p, hair=h) for p in ("control", "gender") for h in (True, False)]
    table = build(declared(rows=[{"over": ["hair", "pretrain"]}], columns=[{"label": "iou"}]), gather(*seen))

    assert [row.path[0] for row in table.rows] == ["Hair", "Hair", "No hair", "No hair"]


@pytest.mark.parametrize(
    ("rows", "heads"),
    [([{"over": ["pretrain"]}], ("pretrain",)), ([{"label": "A", "over": ["pretrain"]}], ())],
)
def test_rows_over_axes_say_what_their_labels_are(rows: list[Any], heads: tuple[str, ...]) -> None:
    assert build(declared(rows=rows), gather(*pair(0.5, 0.6, hair=True))).row_heads == heads


def test_row_of_another_stage_joins_on_the_axes_it_has() -> None:
    mask = observe({"iou": 0.3}, stage="mean_mask", hair=True)
    rows = [{"over": ["pretrain"]}, {"label": "Mean mask", "stage": "mean_mask"}]

    assert build(declared(rows=rows), gather(*pair(0.5, 0.6, hair=True), mask)).rows[2].cells[0].value == 0.3


def test_value_that_is_not_finite_is_told_and_leaves_the_column_without_a_best() -> None:
    seen = [*pair(0.5, 0.6, hair=True, seed=0), *pair(0.5, math.nan, hair=True, seed=1)]
    table = build(declared(aggregate=["seed"], better="higher"), gather(*seen))

    assert [row.cells[0].best for row in table.rows] == [False, False]
    assert [note.text for note in table.notes if note.mark] == [
        "1 of 2 have a value (1 with iou = nan); the mean is over those."
    ]


def test_row_of_an_absent_stage_stays_empty() -> None:
    rows = [{"over": ["pretrain"]}, {"label": "Mean mask", "stage": "mean_mask"}]
    table = build(declared(rows=rows), gather(*pair(0.5, 0.6, hair=True)))

    assert table.rows[2].cells[0].value is None
    assert "—: no value in 1 of 3 cells (not in this study)." in [note.text for note in table.notes]


def test_row_may_have_its_own_metric() -> None:
    rows = [{"label": "Untrained", "metric": "before"}]
    table = build(
        declared(rows=rows), gather(observe({"iou": 0.5, "before": 0.1}, pretrain="control", hair=True))
    )

    assert table.rows[0].cells[0].value == 0.1


def test_metric_of_a_row_goes_into_that_of_a_column() -> None:
    rows = [{"label": "Cap", "metric": "cap"}, {"label": "Hair", "metric": "hair"}]
    columns = [{"label": "Recall", "metric": "{}_recall"}, {"label": "Support", "metric": "{}_support"}]
    metrics = {"cap_recall": 0.5, "cap_support": 4, "hair_recall": 0.9, "hair_support": 17}
    table = build(declared(rows=rows, columns=columns), gather(observe(metrics)))

    assert [[cell.value for cell in row.cells] for row in table.rows] == [[0.5, 4], [0.9, 17]]


def test_row_setting_goes_before_column_before_table() -> None:
    definition = declared(
        rows=[{"label": "r", "digits": 1}], columns=[{"label": "c", "digits": 2, "scale": 100}]
    )
    cell = build(definition, gather(observe({"iou": 0.5}))).rows[0].cells[0]

    assert (cell.digits, cell.value) == (1, 50)


def test_trials_that_differ_are_never_averaged() -> None:
    material = gather(*pair(0.5, 0.6, hair=True, dataset="lfw"), *pair(0.1, 0.2, hair=True, dataset="helen"))

    with pytest.raises(NotFoundError, match="2 trials differ in `dataset`"):
        build(declared(), material)


def test_table_about_values_the_study_lacks_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no trial of stage `segment` with pretrain=other"):
        build(declared(where={"pretrain": "other"}), gather(*pair(0.5, 0.6, hair=True)))


def test_undecided_stage_says_so() -> None:
    with pytest.raises(NotFoundError, match="yet \\(3 not decided\\)"):
        build(declared(stage="final"), Material(stages={"final": []}, undecided={"final": 3}))


def two_nets(*missing: tuple[str, int], folds: int = 2) -> list[Observation]:
    """Return one network per attribute and fold: gender with 10 + fold, glasses with 20 + fold."""
    return [
        observe(
            None if (attribute, fold) in missing else {"iou": base + fold},
            attribute=attribute,
            fold=fold,
            batch_size=32,
        )
        for attribute, base in (("gender", 10.0), ("glasses", 20.0))
        for fold in range(folds)
    ]


def combined(how: str, seen: list[Observation], **changes: Any) -> Table:
    given = {"rows": [{"label": "Two nets"}], "columns": [{"label": "c"}], "aggregate": ["fold"]}
    return build(declared(**{**given, "combine": {"attribute": how}, **changes}), gather(*seen))


@pytest.mark.parametrize(("how", "value"), [("sum", 31.0), ("mean", 15.5)])
def test_an_axis_is_folded_within_each_point_before_the_mean(how: str, value: float) -> None:
    """Sums of 30 and 32 over folds; over the four values alone the deviation would be 5.8."""
    cell = combined(how, two_nets()).rows[0].cells[0]

    assert (cell.value, cell.n) == (value, 2)
    assert cell.std == pytest.approx({"sum": 2, "mean": 1}[how] / 2**0.5)


def test_a_sum_with_a_missing_part_is_missing() -> None:
    cell = combined("sum", two_nets(("glasses", 1))).rows[0].cells[0]

    assert (cell.value, cell.n, cell.missing, cell.reasons) == (30.0, 1, 1, (("waiting", 1),))


def test_a_sum_whose_part_the_study_lacks_is_missing() -> None:
    cell = combined("sum", two_nets()[:-1]).rows[0].cells[0]

    assert (cell.value, cell.n, cell.reasons) == (30.0, 1, (("not in this study", 1),))


def test_a_sum_without_any_whole_value_is_empty() -> None:
    cell = combined("sum", two_nets(("glasses", 0), ("gender", 1))).rows[0].cells[0]

    assert (cell.value, cell.missing) == (None, 2)


def test_a_table_says_what_was_combined() -> None:
    notes = [note.text for note in combined("sum", two_nets()).notes]

    assert "Combined before the mean: sum over attribute of iou." in notes


def test_a_row_combines_in_its_own_way() -> None:
    rows = [{"label": "sum"}, {"label": "mean", "combine": {"attribute": "mean"}}]

    assert [row.cells[0].value for row in combined("sum", two_nets(), rows=rows).rows] == [31.0, 15.5]


def test_a_stage_without_the_axis_is_not_combined() -> None:
    """One network for both attributes stands beside two networks."""
    alone = [observe({"iou": 5.0}, stage="multi", fold=fold) for fold in (0, 1)]
    columns = [{"label": "One", "stage": "multi"}, {"label": "Two"}]
    cells = combined("sum", [*two_nets(), *alone], columns=columns).rows[0].cells

    assert [(cell.value, cell.combined) for cell in cells] == [(5.0, ""), (31.0, "sum over attribute")]


def test_an_axis_to_combine_that_no_trial_has_gets_a_guess() -> None:
    with pytest.raises(NotFoundError, match="an axis `atribute`") as caught:
        combined("sum", two_nets(), combine={"atribute": "sum"})

    assert caught.value.hint == "did you mean `attribute`?"


def test_a_parameter_stands_beside_results() -> None:
    """It is whole, as the study gives it: neither percent nor a mean with a spread, and never the best."""
    columns = [{"label": "IoU (%)"}, {"label": "Batch", "param": "batch_size"}]
    changes = {"columns": columns, "scale": 100, "better": "higher", "combine": {"attribute": "mean"}}
    cell = combined("mean", two_nets(("glasses", 1)), **changes).rows[0].cells[1]

    assert (cell.value, cell.n, cell.digits, cell.spread, cell.better) == (32, 2, None, "none", "none")


def test_a_parameter_that_differs_has_a_spread() -> None:
    seen = [observe({}, k=k, seed=seed) for seed, k in enumerate((1, 3))]
    lines = {"rows": [{"label": "r"}], "columns": [{"label": "K", "param": "k"}]}
    cell = build(declared(aggregate=["seed", "k"], **lines), gather(*seen)).rows[0].cells[0]

    assert (cell.value, cell.spread) == (2, "std")


def test_a_parameter_that_no_trial_has_gets_a_guess() -> None:
    with pytest.raises(NotFoundError, match="no trial of the study has a parameter `batchsize`") as caught:
        combined("sum", two_nets(), rows=[{"label": "Batch", "param": "batchsize"}])

    assert caught.value.hint == "did you mean `batch_size`?"


def test_a_parameter_that_another_stage_has_is_an_empty_cell() -> None:
    other = observe({}, stage="other", momentum=0.9)
    rows = [{"label": "Momentum", "param": "momentum"}]

    assert combined("sum", [*two_nets(), other], rows=rows).rows[0].cells[0].reasons == (
        ("without momentum", 2),
    )


def test_a_parameter_that_is_no_number_is_refused() -> None:
    with pytest.raises(NotFoundError, match="`attribute` of stage `segment` is `gender`, which is no number"):
        combined("sum", two_nets(), rows=[{"label": "Attribute", "param": "attribute"}])


SETTINGS = [
    {"label": "Accuracy", "stage": "transfer", "metric": "acc", "scale": 100, "digits": 1},
    {"label": "Batch", "stage": "unet", "param": "batch"},
    {"label": "Absent", "stage": "nowhere", "metric": "acc"},
]


def value_table(*seen: Observation, **undecided: int) -> Table:
    """Return a table of one column whose rows are of several stages, beside a printed one."""
    printed: dict[str, Any] = {"id": "p", "title": "P", "where": "Table 1", "columns": ["value"]}
    printed["rows"] = [{"row": "Accuracy", "values": [97.8]}, {"row": "batch size", "values": [16]}]
    link = {"table": "p", "rows": {"Batch": "batch size"}}
    definition = declared(
        stage=None, metric=None, rows=SETTINGS, columns=[{"label": "value"}], reference=link
    )
    material = gather(*seen, reference=Reference.model_validate({"tables": [printed]}))
    return build(definition, replace(material, undecided=undecided))


ACCURACY, BATCH = observe({"acc": 0.9}, stage="transfer", x=1), observe({}, stage="unet", batch=32)


def test_rows_of_several_stages_stand_beside_printed_values() -> None:
    cells = [row.cells[0] for row in value_table(ACCURACY, BATCH).rows]

    assert [(cell.value, cell.reference) for cell in cells] == [(90.0, 97.8), (32, 16), (None, None)]


def test_undecided_trials_of_every_named_stage_are_told() -> None:
    notes = [note.text for note in value_table(ACCURACY, BATCH, unet=3).notes]

    assert "3 trials of stage unet are not decided yet." in notes


def test_a_table_of_several_stages_needs_only_one_of_them() -> None:
    assert [row.cells[0].value for row in value_table(BATCH).rows] == [None, 32, None]


def test_a_table_whose_stages_are_all_absent_is_refused() -> None:
    with pytest.raises(NotFoundError, match="the study has no stage `transfer`"):
        value_table(observe({}, stage="other"))


def test_digits_may_be_left_to_the_spread() -> None:
    assert build(declared(digits=None), gather(*pair(0.5, 0.6, hair=True))).rows[0].cells[0].digits is None
