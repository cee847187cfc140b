from dataclasses import replace
from typing import Any

import pytest

from orchestrator.report.left_out import left_out_notes
from orchestrator.report.selection import Observation
from orchestrator.study.trial import Gathered
from tests.observations import gather, observe


def without(*axes: dict[str, Any], stage: str = "mean", seed: int = 0) -> Observation:
    """Return a trial that was made without these."""
    one = observe({"acc": 1.0}, stage, seed=seed)
    gathered = {"n": Gathered(members=(), without=axes)}
    return replace(one, trial=one.trial.model_copy(update={"gathered": gathered}))


NOTE = "1 of 2 trials of mean were made without trials that have no result: "
FOLDS = [{"fold": fold} for fold in range(5)]


@pytest.mark.parametrize(
    ("axes", "note"),
    [
        ([], []),
        (FOLDS[:1], [f"{NOTE}fold=0."]),
        (FOLDS, [f"{NOTE}fold=0; fold=1; fold=2 and 2 more."]),
    ],
    ids=["none", "one", "many"],
)
def test_what_was_left_out_is_noted(axes: list[dict[str, Any]], note: list[str]) -> None:
    used = [without(*axes), without(seed=1)]

    assert left_out_notes(used, gather(*used)) == note


def test_what_trials_rest_on_counts_too() -> None:
    below = without(FOLDS[0])
    one = observe({"acc": 1.0}, "final")
    used = replace(one, trial=one.trial.model_copy(update={"needs": {"n": below.trial.id}}))

    assert left_out_notes([used], gather(below, used)) == [
        "1 of 1 trials of mean were made without trials that have no result: fold=0."
    ]
