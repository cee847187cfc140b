from dataclasses import replace
from typing import Any

import pytest

from orchestrator.report.methods.searched import searches
from orchestrator.report.searches.outcome import SearchResults, ShownAnswer
from orchestrator.study.objective import Objective
from tests.report.methods.described import STUDY
from tests.study.test_plan import SWEEP

RESULTS = SearchResults(
    stage="sweep",
    key="k",
    objectives=(Objective(minimize="loss"),),
    planned=2,
    asked=2,
    outcomes=(
        ShownAnswer(number=0, params={"lr": 0.3}, state="complete", values=(0.25,), seconds=60),
        ShownAnswer(number=1, params={}, state="failed", seconds=60),
    ),
)


def test_a_search_is_told_with_how_it_chose_and_what_it_used() -> None:
    ((name, told),) = searches(SWEEP, [RESULTS]).items

    assert name == "`sweep`"
    assert told == (
        "sampler tpe, to minimize `loss`, over lr from 0.1 to 1.0; asked for 2 answers. "
        "2 answers (1 finished, 0 ended early, 1 failed), 2min. Best: lr 0.3 (`loss` 0.25)."
    )


def test_a_study_without_a_search_has_nothing_to_say() -> None:
    assert searches(STUDY, []).empty


def test_all_that_bounds_a_search_is_told() -> None:
    (sweep, final) = SWEEP.stages
    bounded = {"seeds": [0, 1], "constraints": ["lr < 0.5"], "pruner": "median", "target": 0.1}
    assert sweep.search is not None
    search = sweep.search.model_validate({**sweep.search.model_dump(exclude_defaults=True), **bounded})
    study = SWEEP.model_copy(update={"stages": (sweep.model_copy(update={"search": search}), final)})
    ((_, told),) = searches(study, []).items

    assert told.endswith(
        "; asked for 2 answers; each tried with 2 seeds; subject to lr < 0.5; "
        "ended early by {name: median}; target 0.1."
    )


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        ({"net": ["a", "b"]}, "net one of a, b"),
        ({"lr": {"low": 1e-5, "high": 0.1, "log": True}}, "lr from 1e-05 to 0.1 (log true)"),
        (
            {"optimizer": {"sgd": {"momentum": [0, 0.9]}, "adam": None}},
            "optimizer one of sgd (with momentum one of 0, 0.9), adam",
        ),
        ({"batch_size": {"low": 8, "high": 64, "step": 8}}, "batch size from 8 to 64 (step 8)"),
    ],
)
def test_a_space_is_told_in_words(space: dict[str, Any], expected: str) -> None:
    sweep = SWEEP.stages[0]
    assert sweep.search is not None
    search = sweep.search.model_validate({**sweep.search.model_dump(exclude_defaults=True), "space": space})
    study = SWEEP.model_copy(update={"stages": (sweep.model_copy(update={"search": search}),)})

    assert f", over {expected}; asked for" in searches(study, []).items[0][1]


def test_several_goals_have_no_single_best() -> None:
    goals = (Objective(minimize="loss"), Objective(minimize="size"))

    assert "Best" not in searches(SWEEP, [replace(RESULTS, objectives=goals)]).items[0][1]
