from typing import Any

import pytest

from orchestrator.report.definition import GainDefinition
from orchestrator.report.gain_table import NEVER, NO_CURVE, build_gain
from orchestrator.report.selection import Material
from orchestrator.study.trial import Trial
from tests.observations import gather
from tests.report.declared import pair


def declared(*columns: dict[str, Any]) -> GainDefinition:
    return GainDefinition.model_validate(
        {
            "id": "g",
            "title": "G",
            "stage": "segment",
            "metric": "iou",
            "compare": {"axis": "pretrain", "value": "gender", "to": "control"},
            "over": ["hair"],
            "rows": [{"label": "all"}],
            "columns": columns,
        }
    )


def gain(material: Material, kind: str = "relative") -> Any:
    return build_gain(declared({"label": "gain", "gain": kind}), material).rows[0].cells[0]


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


def test_a_gain_may_have_a_column_for_each_condition() -> None:
    definition = declared(
        {"over": ["hair"], "label": "points", "gain": "points"}, {"label": "average", "gain": "points"}
    )
    table = build_gain(definition, gather(*pair(0.5, 0.6, hair=True), *pair(0.4, 0.6, hair=False)))

    assert table.columns == (("Hair", "points"), ("No hair", "points"), ("average",))
    assert [cell.value for cell in table.rows[0].cells] == pytest.approx([10, 20, 15])


CURVES = {"control": {0: 0.1, 10: 0.5, 20: 0.4}, "gender": {0: 0.2, 4: 0.5, 8: 0.6}}


def logged(trial: Trial) -> dict[int, dict[str, float]]:
    """Return a curve of the trial's pretraining; with seed 1 that of the gender model is cut short."""
    track = CURVES[trial.axes["pretrain"]]
    if trial.axes.get("seed") == 1 and trial.axes["pretrain"] == "gender":
        track = {0: 0.2}
    return {step: {"iou": value} for step, value in track.items()}


def test_steps_until_as_good_as_the_other_are_read_off_the_curves() -> None:
    cell = gain(gather(*pair(0.5, 0.6, hair=True, seed=0), history=logged), "sooner")

    assert (cell.value, cell.n) == (6, 1)


def test_no_mean_is_taken_where_a_curve_never_gets_there() -> None:
    both = pair(0.5, 0.6, hair=True, seed=0), pair(0.5, 0.2, hair=True, seed=1)
    cell = gain(gather(*both[0], *both[1], history=logged), "sooner")

    assert (cell.value, cell.reasons) == (None, ((NEVER, 1),))


def test_without_curves_there_is_no_number_of_steps() -> None:
    cell = gain(gather(*pair(0.5, 0.6, hair=True, seed=0)), "sooner")

    assert (cell.value, cell.reasons) == (None, ((NO_CURVE, 1),))
