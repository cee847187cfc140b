from typing import Any

from orchestrator.report.methods.parameters import parameters, settings_text
from orchestrator.study.trial import Trial
from tests.report.methods.described import STUDY, seen


def trial(params: dict[str, Any], **axes: Any) -> Trial:
    return Trial(id="t", stage="s", task="t", version=1, params=params, seed=0, needs={}, axes=axes)


def test_parameters_are_told_by_what_they_are_for() -> None:
    one = trial({"width": 0.25, "max_epochs": 10, "lr": 0.1, "name": ""})

    assert settings_text([one]) == (
        "optimisation: lr 0.1; stopping: max epochs 10; other: width 0.25, name empty."
    )


def test_what_was_varied_is_told_with_its_values() -> None:
    trials = [trial({"lr": lr}, lr=lr) for lr in (0.1, 0.2)]

    assert settings_text(trials) == "varied: lr (0.1, 0.2)."


def test_an_axis_that_decides_a_parameter_is_named() -> None:
    trials = [trial({"batch": size}, net=net) for net, size in (("a", 8), ("b", 16))]

    assert settings_text(trials) == "varied: batch (8, 16; by net)."


def test_what_was_searched_is_told_elsewhere() -> None:
    assert settings_text([trial({"lr": 0.1})], ["lr"]) == ""


def test_each_stage_is_told_with_its_task() -> None:
    assert [lead for lead, _ in parameters(STUDY, seen()).items] == [
        "`data` (`t`, version 1)",
        "`train` (`t`, version 1)",
    ]
