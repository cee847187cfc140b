import pytest

from orchestrator.messages.errors import OrchestratorError
from orchestrator.report.reproduction.only_these import CodeStep, only_these, steps, with_needs
from orchestrator.study.plan import Known, Plan, expand
from orchestrator.study.study import Edge, Study
from tests.study.test_plan import BOTH, PAIR, SEARCH, SWEEP, TWICE, asked, stage, study

FOLDS = study(
    stage("train", *({"net": net, "fold": fold} for net in "xy" for fold in (2, 0, 1))),
    stage("mean", {"net": "x"}, {"net": "y"}, needs=(Edge(name="folds", stage="train", all=("fold",)),)),
    stage(
        "both",
        {},
        needs=(
            Edge(name="one", stage="train", where={"net": "y", "fold": 1}),
            Edge(name="means", stage="mean", all=("net",)),
        ),
    ),
)
SEARCHED = study(
    stage("sweep", {}, search=SEARCH), stage("mean", {}, needs=(Edge(name="n", stage="sweep", all=("lr",)),))
)
KEY = expand(SEARCHED, Known()).openings[0].key
OTHER = study(
    stage("a", {"net": "x"}, {"net": "y"}),
    stage("b", {"net": "x"}, needs=(Edge(name="n", stage="a", where={"net": "y"}),)),
)
BEST = Known(
    asked=TWICE.asked,
    results={trial: {"loss": float(place)} for place, trial in enumerate(sorted(BOTH))},
    ended=BOTH,
)


def wanted(which: Study, known: Known, last: str) -> tuple[Plan, list[str]]:
    """Return the plan, and the ids of the trials of one stage with all that they need."""
    plan = expand(which, known)
    return plan, [trial.id for trial in with_needs([one.id for one in plan.of(last)], plan.by_id)]


@pytest.mark.parametrize(
    ("which", "known", "last"),
    [
        (PAIR, Known(), "b"),
        (PAIR, Known(), "a"),
        (OTHER, Known(), "b"),
        (SWEEP, BEST, "final"),
        (SWEEP, TWICE, "sweep"),
        (FOLDS, Known(), "mean"),
        (FOLDS, Known(), "both"),
        (SEARCHED, asked(KEY, 0.5, 0.9), "mean"),
    ],
)
def test_a_study_of_chosen_trials_plans_just_these(which: Study, known: Known, last: str) -> None:
    plan, ids = wanted(which, known, last)
    alone = expand(only_these(which, [plan.by_id[one] for one in ids]), Known())

    assert {one.id: (one.params, one.seed, one.needs, one.gathered) for one in alone.by_id.values()} == {
        one: (plan.by_id[one].params, plan.by_id[one].seed, plan.by_id[one].needs, plan.by_id[one].gathered)
        for one in ids
    }


def test_the_best_of_a_search_is_trained_without_the_others() -> None:
    assert len(wanted(SWEEP, BEST, "final")[1]) == 2


def test_needs_are_not_trained_twice_in_the_plan() -> None:
    plan, ids = wanted(FOLDS, Known(), "both")

    assert len(ids) == len(set(ids)) == len(plan.by_id)


def test_what_is_needed_and_not_there_any_more_is_told() -> None:
    plan = expand(PAIR, Known())
    lacking = {one.id: one for one in plan.of("b")}

    with pytest.raises(OrchestratorError, match="not in the plan of the study any more"):
        with_needs(lacking, lacking)


def test_trials_are_trained_step_by_step_with_the_code_that_made_them() -> None:
    plan = expand(FOLDS, Known())
    codes = {one.id: "old" if one.stage == "mean" else "new" for one in plan.trials}

    assert [(step.code, len(step.trials)) for step in steps(plan.trials, codes)] == [
        ("new", 6),
        ("old", 2),
        ("new", 1),
    ]


def test_trials_of_one_code_are_one_step() -> None:
    plan = expand(PAIR, Known())

    assert steps(plan.trials, dict.fromkeys(plan.by_id, "c")) == [CodeStep("c", tuple(plan.by_id))]


def test_a_trial_is_trained_without_its_companions() -> None:
    (first, *_) = PAIR.stages
    shape = first.shape.model_copy(update={"lockstep": 4})
    together = PAIR.model_copy(update={"stages": (first.model_copy(update={"shape": shape}),)})

    assert only_these(together, expand(together, Known()).trials).stages[0].shape.lockstep == 1
