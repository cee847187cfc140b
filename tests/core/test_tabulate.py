from typing import Any

import pytest

from orchestrator.core.definition import GainDefinition, TableDefinition
from orchestrator.core.selection import Material, Observation
from orchestrator.core.tabulate import build, build_gain, build_plain
from orchestrator.errors import NotFoundError
from tests.observations import gather, observe


def declared(**changes: Any) -> TableDefinition:
    given: dict[str, Any] = {"id": "t", "title": "T", "stage": "segment", "metric": "iou"}
    given |= {"rows": [{"over": ["pretrain"]}], "columns": [{"over": ["hair"]}]}
    return TableDefinition.model_validate(given | changes)


def pair(control: float | None, gender: float | None, **axes: Any) -> list[Observation]:
    values = {"control": control, "gender": gender}
    return [
        observe(None if value is None else {"iou": value}, pretrain=name, **axes)
        for name, value in values.items()
    ]


def gain(material: Material, kind: str = "relative") -> Any:
    definition = GainDefinition.model_validate(
        {
            "id": "g",
            "title": "G",
            "stage": "segment",
            "metric": "iou",
            "compare": {"axis": "pretrain", "value": "gender", "to": "control"},
            "over": ["hair"],
            "rows": [{"label": "all"}],
            "columns": [{"label": "gain", "gain": kind}],
        }
    )
    return build_gain(definition, material).rows[0].cells[0]


def test_rows_and_columns_run_over_the_values_of_the_study() -> None:
    table = build(declared(), gather(*pair(0.5, 0.6, hair=True), *pair(0.4, 0.5, hair=False)))

    assert [[cell.value for cell in row.cells] for row in table.rows] == [[0.5, 0.4], [0.6, 0.5]]


def test_row_of_another_stage_joins_on_the_axes_it_has() -> None:
    mask = observe({"iou": 0.3}, stage="mean_mask", hair=True)
    rows = [{"over": ["pretrain"]}, {"label": "Mean mask", "stage": "mean_mask"}]

    assert build(declared(rows=rows), gather(*pair(0.5, 0.6, hair=True), mask)).rows[2].cells[0].value == 0.3


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


def test_gain_is_averaged_over_conditions_of_relative_gains() -> None:
    """+20 % and +50 %; in points +10 and +20."""
    material = gather(*pair(0.5, 0.6, hair=True, seed=0), *pair(0.4, 0.6, hair=False, seed=0))

    assert gain(material).value == pytest.approx(35.0)
    assert gain(material, "points").value == pytest.approx(15.0)


def test_gain_pairs_seeds() -> None:
    cell = gain(gather(*pair(0.5, 0.6, hair=True, seed=0), *pair(0.4, 0.5, hair=True, seed=1)))

    assert (cell.n, cell.value, cell.std) == (2, pytest.approx(22.5), pytest.approx(3.5355, abs=1e-4))


def test_gain_leaves_out_seeds_that_lack_a_trial() -> None:
    cell = gain(gather(*pair(0.5, 0.6, hair=True, seed=0), *pair(0.4, None, hair=True, seed=1)))

    assert (cell.n, cell.missing, cell.reasons) == (1, 1, (("waiting", 1),))


def test_printed_tables_give_the_printed_gain_of_vgg19() -> None:
    """Table 5.2 through the code must give the 11.0 % of the text (and 5.975 points)."""
    control, gender = (0.605, 0.538, 0.514, 0.515), (0.663, 0.626, 0.547, 0.575)
    pairs = [pair(a, b, hair=str(at)) for at, (a, b) in enumerate(zip(control, gender, strict=True))]
    material = gather(*(one for two in pairs for one in two))

    assert gain(material).value == pytest.approx(11.0, abs=0.01)
    assert gain(material, "points").value == pytest.approx(5.975)


def test_plain_table_has_a_row_per_point_and_a_column_per_metric() -> None:
    seen = [
        observe({"iou": 0.5, "loss": 2.0}, hair=hair, seed=seed) for hair in (True, False) for seed in (0, 1)
    ]
    table = build_plain("segment", gather(*seen))

    assert table.columns == (("iou",), ("loss",))
    assert [(row.path, row.cells[0].n) for row in table.rows] == [(("hair=true",), 2), (("hair=false",), 2)]


def test_plain_table_needs_a_result() -> None:
    with pytest.raises(NotFoundError, match="has a result yet"):
        build_plain("segment", gather(observe(None, hair=True)))
