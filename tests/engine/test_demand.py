from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.engine.demand import LiveWorker, held_back, open_answers, open_trials, orders, wanted
from orchestrator.evidence.evidence import Attempt, Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.places.profile import Limits
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage, Study

SMALL = Shape(cpus=1)
GPU = Shape(gpus=1, cpus=4)
MANY = Limits(workers=10)


def live(shape: Shape = SMALL, *, busy: bool = False, job: str = "1") -> LiveWorker:
    return LiveWorker(job=job, shape=shape, busy=busy)


@pytest.mark.parametrize(
    ("wish", "alive", "limits", "count"),
    [
        (3, [], MANY, 3),
        (3, [live()], MANY, 2),
        (3, [live(busy=True)], MANY, 3),
        (3, [live(), live(), live(), live()], MANY, 0),
        (30, [live()], MANY, 9),
        (3, [], Limits(workers=10, cpus=2), 2),
        (3, [live(busy=True)], Limits(workers=10, cpus=2), 1),
        (3, [live(busy=True), live(busy=True)], Limits(workers=10, cpus=2), 0),
    ],
)
def test_orders_of_one_shape(wish: int, alive: list[LiveWorker], limits: Limits, count: int) -> None:
    assert orders({SMALL: wish}, alive, limits) == ({SMALL: count} if count else {})


def test_a_shape_larger_than_the_machine_still_gets_one_worker() -> None:
    assert orders({GPU: 5}, [], Limits(workers=10, cpus=2)) == {GPU: 1}


@pytest.mark.parametrize(("gpus", "count"), [(0, 0), (1, 1), (3, 3), (9, 5)])
def test_no_worker_is_started_without_its_gpus(gpus: int, count: int) -> None:
    assert orders({GPU: 5}, [], Limits(workers=10, gpus=gpus)) == ({GPU: count} if count else {})


def test_a_shape_may_limit_its_workers() -> None:
    shape = Shape(cpus=1, workers=2)

    assert orders({shape: 5}, [live(shape, busy=True)], MANY) == {shape: 1}


def test_an_idle_gpu_worker_does_not_count_for_trials_without_gpu() -> None:
    assert orders({SMALL: 1}, [live(GPU)], MANY) == {SMALL: 1}


@pytest.mark.parametrize(
    ("wish", "busy", "count"),
    [(1, [], 1), (4, [], 1), (5, [], 2), (3, [1], 0), (4, [1], 1), (2, [4], 1), (2, [0], 0), (9, [3, 4], 2)],
)
def test_a_worker_with_slots_takes_several_trials(wish: int, busy: list[int], count: int) -> None:
    shape = Shape(slots=4)
    alive = [LiveWorker(job=str(number), shape=shape, busy=trials) for number, trials in enumerate(busy)]

    assert orders({shape: wish}, alive, MANY) == ({shape: count} if count else {})


@pytest.mark.parametrize(
    ("wish", "busy", "count"), [(1, [], 1), (4, [], 1), (5, [], 2), (4, [1], 1), (4, [0], 0), (5, [0, 3], 1)]
)
def test_a_worker_that_trains_in_lockstep_takes_trials_once_it_is_at_none(
    wish: int, busy: list[int], count: int
) -> None:
    shape = Shape(lockstep=4)
    alive = [LiveWorker(job=str(number), shape=shape, busy=trials) for number, trials in enumerate(busy)]

    assert orders({shape: wish}, alive, MANY) == ({shape: count} if count else {})


def test_what_is_free_is_given_away_once() -> None:
    shared, other = Shape(slots=4), Shape(slots=4, cpus=1, memory=1000)
    alive = [LiveWorker(job="1", shape=shared, busy=0)]

    assert orders({shared: 3, other: 2}, alive, MANY) == {other: 1}


@given(
    st.dictionaries(st.sampled_from([SMALL, GPU, Shape(cpus=2)]), st.integers(1, 50)),
    st.lists(st.builds(live, st.sampled_from([SMALL, GPU]), busy=st.booleans()), max_size=8),
    st.integers(1, 20),
)
def test_the_limit_on_workers_holds(wishes: dict[Shape, int], alive: list[LiveWorker], most: int) -> None:
    started = sum(orders(wishes, alive, Limits(workers=most)).values())

    assert started <= max(0, most - len(alive))


SEARCH = Search(
    sampler="tpe", trials=5, parallel=3, space={"lr": [0.1, 0.2]}, objective=Objective(minimize="loss")
)
DONE = Evidence(result=Result(metrics={"loss": 1.0}, attempt=1, time=0, seconds=1, code="c"))
POINTS = tuple(Point(axes={"net": net}, seed=0, params={"net": net}) for net in "ab")


def searching(*, trials: int = 5) -> Study:
    """Return a study with one search for each of two nets."""
    search = SEARCH.model_copy(update={"trials": trials})
    return Study(
        name="s", stages=(Stage(name="a", task="t", version=1, shape=SMALL, points=POINTS, search=search),)
    )


def test_each_search_has_its_own_slots() -> None:
    study = searching()
    seen = judge(expand(study, Known()), {})

    assert [open_trials(seen, opening) for opening in seen.plan.openings] == [3, 3]
    assert wanted(study, seen) == {SMALL: 6}


def test_a_search_near_its_end_wants_what_is_left() -> None:
    study = searching(trials=2)

    assert wanted(study, judge(expand(study, Known()), {})) == {SMALL: 4}


@pytest.mark.parametrize(("done", "slots"), [(0, 0), (1, 0), (2, 3)])
def test_a_search_waits_for_all_that_it_gathers(done: int, slots: int) -> None:
    first = Stage(name="first", task="t", version=1, shape=SMALL, points=POINTS)
    gathers = Edge(name="n", stage="first", all=("net",))
    point = Point(axes={}, seed=0, params={})
    sweep = Stage(
        name="sweep", task="t", version=2, shape=SMALL, points=(point,), search=SEARCH, needs=(gathers,)
    )
    plan = expand(Study(name="s", stages=(first, sweep)), Known())
    seen = judge(plan, {trial.id: DONE for trial in plan.of("first")[:done]})

    assert open_trials(seen, seen.plan.openings[0]) == slots


def test_trials_of_one_stage_may_want_workers_of_several_shapes() -> None:
    large = POINTS[1].model_copy(update={"shape": GPU})
    study = Study(
        name="s", stages=(Stage(name="a", task="t", version=1, shape=SMALL, points=(POINTS[0], large)),)
    )

    assert wanted(study, judge(expand(study, Known()), {})) == {SMALL: 1, GPU: 1}


def test_a_search_wants_workers_of_its_points_shape() -> None:
    large = POINTS[0].model_copy(update={"shape": GPU})
    stage = Stage(name="a", task="t", version=1, shape=SMALL, points=(large,), search=SEARCH)
    study = Study(name="s", stages=(stage,))

    assert wanted(study, judge(expand(study, Known()), {})) == {GPU: 3}


def asked_of(search: Search, *evidence: Evidence) -> Seen:
    """Return a search whose first trials are in these states."""
    point = Point(axes={}, seed=0, params={})
    study = Study(
        name="s",
        stages=(Stage(name="a", task="t", version=1, shape=SMALL, points=(point,), search=search),),
    )
    key = expand(study, Known()).openings[0].key
    count = len(evidence) // len(search.tried_with)
    asked = [Asked(number=number, params={"lr": number}) for number in range(1, count + 1)]
    plan = expand(study, Known(asked={key: asked}))
    return judge(plan, {trial.id: one for trial, one in zip(plan.trials, evidence, strict=True)})


def slots_of(search: Search, *evidence: Evidence) -> int:
    seen = asked_of(search, *evidence)
    return open_trials(seen, seen.plan.openings[0])


OPEN = Evidence()


@pytest.mark.parametrize(
    ("parallel", "evidence", "slots"),
    [
        (1, [], 2),
        (4, [], 4),
        (4, [OPEN, OPEN], 2),
        (4, [OPEN, OPEN, OPEN, DONE], 0),
        (4, [OPEN, OPEN, DONE, DONE], 2),
        (5, [OPEN, OPEN, OPEN, OPEN], 0),
        (4, [DONE] * 8, 2),
    ],
    ids=["at least one answer", "none yet", "one", "two begun", "one done", "no room for all", "the last"],
)
def test_parallel_counts_trials_and_answers_come_whole(
    parallel: int, evidence: list[Evidence], slots: int
) -> None:
    search = SEARCH.model_copy(update={"seeds": [0, 1], "parallel": parallel})

    assert slots_of(search, *evidence) == slots


@pytest.mark.parametrize(("limits", "slots"), [({}, 100), ({"target": 0.1}, 3), ({"timeout": 60}, 3)])
def test_a_search_that_may_end_early_does_not_draw_ahead(limits: dict[str, Any], slots: int) -> None:
    random = SEARCH.model_copy(update={"sampler": "random", "trials": 500, **limits})

    assert slots_of(random, DONE) == slots


@pytest.mark.parametrize(
    ("evidence", "slots"),
    [
        ([], 2),
        ([OPEN, DONE], 0),
        ([DONE, Evidence(cancelled=True)], 2),
        ([DONE, DONE, OPEN, OPEN], 0),
        ([DONE] * 4, 1),
    ],
    ids=["the first", "not over", "over, though one came to nothing", "the second", "the last, cut short"],
)
def test_a_round_begins_when_those_before_have_ended(evidence: list[Evidence], slots: int) -> None:
    assert slots_of(SEARCH.model_copy(update={"rounds": 2, "parallel": 1}), *evidence) == slots


def test_a_round_that_was_cut_short_goes_on_where_more_is_asked_for() -> None:
    assert slots_of(SEARCH.model_copy(update={"rounds": 4, "trials": 20}), DONE, OPEN) == 2


AT_WORK = Evidence(attempts=(Attempt(number=1, claim=None, exit=None, alive=True),))


def asked(*evidence: Evidence) -> tuple[Study, Seen]:
    """Return a study with one search of three at once, and its trials with this evidence."""
    study = searching()
    alone = study.stages[0].model_copy(update={"points": POINTS[:1]})
    study = study.model_copy(update={"stages": (alone,)})
    key = expand(study, Known()).openings[0].key
    answers = [Asked(number=number, params={"lr": number / 10}) for number in range(1, len(evidence) + 1)]
    plan = expand(study, Known(asked={key: answers}))
    return study, judge(plan, dict(zip((trial.id for trial in plan.trials), evidence, strict=True)))


READY = Evidence()
BEGUN = Evidence(attempts=(Attempt(number=1, claim=None, exit=None, alive=False),))


@pytest.mark.parametrize(
    ("evidence", "wish"),
    [
        ([AT_WORK, AT_WORK, AT_WORK, READY], 0),
        ([AT_WORK, AT_WORK, DONE, READY], 1),
        ([AT_WORK, AT_WORK, READY, READY], 1),
        ([AT_WORK, READY], 2),
        ([DONE, DONE, DONE, READY], 2),
    ],
)
def test_no_worker_is_started_for_a_trial_beyond_parallel(evidence: list[Evidence], wish: int) -> None:
    assert sum(wanted(*asked(*evidence)).values()) == wish


def test_a_trial_that_was_begun_goes_on_before_one_drawn_ahead() -> None:
    _, seen = asked(AT_WORK, AT_WORK, READY, BEGUN)

    assert held_back(seen) == {("a", seen.plan.trials[2].id)}


@pytest.mark.parametrize(("ahead", "slots"), [(0, 0), (1, 1)])
def test_a_search_may_be_asked_for_one_more_ahead_of_need(ahead: int, slots: int) -> None:
    _, seen = asked(AT_WORK, AT_WORK, AT_WORK)

    assert open_answers(seen, seen.plan.openings[0], ahead=ahead) == slots


@given(st.lists(st.sampled_from([AT_WORK, DONE, READY, BEGUN]), max_size=5))
def test_no_more_trials_of_a_search_may_be_at_work_than_it_says(evidence: list[Evidence]) -> None:
    study, seen = asked(*evidence)
    at_work = evidence.count(AT_WORK)

    assert at_work + sum(wanted(study, seen).values()) <= max(SEARCH.parallel, at_work)
    assert len(seen.plan.trials) - len(held_back(seen)) - evidence.count(DONE) <= max(
        SEARCH.parallel, at_work
    )
