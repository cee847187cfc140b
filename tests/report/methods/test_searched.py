from orchestrator.report.methods.searched import searches
from orchestrator.report.searches.outcome import SearchResults, ShownAnswer
from tests.report.methods.described import STUDY
from tests.study.test_plan import SWEEP

RESULTS = SearchResults(
    stage="sweep",
    key="k",
    objectives=(),
    planned=2,
    asked=2,
    outcomes=(
        ShownAnswer(number=0, params={}, state="complete", seconds=60),
        ShownAnswer(number=1, params={}, state="failed", seconds=60),
    ),
)


def test_a_search_is_told_with_how_it_chose_and_what_it_used() -> None:
    ((name, told),) = searches(SWEEP, [RESULTS]).items

    assert name == "`sweep`"
    assert told == (
        "sampler tpe, to minimize `loss`, over lr in {low: 0.1, high: 1.0}; asked for 2 answers. "
        "2 answers (1 finished, 0 ended early, 1 failed), 2min."
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
