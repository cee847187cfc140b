import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.engine.demand import LiveWorker, open_slots, orders, wanted
from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.places.profile import Limits
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.search import Search
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

    assert [open_slots(seen, opening) for opening in seen.plan.openings] == [3, 3]
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

    assert open_slots(seen, seen.plan.openings[0]) == slots


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
