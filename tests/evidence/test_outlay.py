from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.outlay import outlay
from orchestrator.evidence.skipped import skipping
from orchestrator.evidence.state import Seen
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.study import Study
from tests.evidence.searched import pruned, search_of, study_of
from tests.evidence.searched import seen_of as searched
from tests.tracked_study import points, stage

TWINS = Study(
    name="s",
    stages=(stage("a", points(seed=[0, 1])), stage("a", points(seed=[0])).model_copy(update={"name": "b"})),
)
SIZES = {("a", 0): 10, ("a", 1): 100, ("b", 0): 10}
SEARCH = Search(trials=9, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="loss"))


def seen_of(study: Study, done: int = 0) -> Seen:
    plan = expand(study, Known())
    result = Evidence(result=Result(metrics={}, attempt=1, time=0, seconds=1, code="c"))
    return judge(plan, {trial.id: result for trial in plan.trials[:done]})


def test_a_trial_of_two_stages_is_counted_once() -> None:
    found = outlay(TWINS, seen_of(TWINS), SIZES)

    assert (found.stages, found.once, found.total) == ({"a": 110, "b": 10}, {"a": 110, "b": 0}, 110)


def test_what_is_done_takes_no_more() -> None:
    found = outlay(TWINS, seen_of(TWINS, done=1), SIZES)

    assert (found.stages, found.total) == ({"a": 100, "b": 0}, 100)


def test_what_is_skipped_takes_none() -> None:
    lacking = skipping(TWINS, {("a", 1): ("no faces",)})

    assert outlay(lacking, seen_of(lacking), SIZES).stages["a"] == 10


def test_a_stage_that_says_it_of_one_trial_alone_says_nothing() -> None:
    assert outlay(TWINS, seen_of(TWINS), {("a", 0): 10}).stages == {"a": None, "b": None}


def test_trials_that_a_search_will_ask_for_count() -> None:
    sweep = Study(name="s", stages=(stage("a", points(seed=[0])).model_copy(update={"search": SEARCH}),))

    assert outlay(sweep, seen_of(sweep), SIZES).total == 90
    assert outlay(sweep, seen_of(sweep), {}).stages == {"a": None}


def test_what_was_pruned_takes_no_more() -> None:
    search = search_of(trials=2)
    study = study_of(search)

    assert outlay(study, searched(search, pruned(), Evidence()), {("sweep", 0): 10}).total == 10
