import pytest

from orchestrator.evidence.durations import Durations
from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.time_left import TimeLeft, time_left
from orchestrator.study.objective import Objective
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Stage, Study
from tests.evidence.test_durations import at_it, finished, seen_of
from tests.tracked_study import points, stage

SEEDS: list[object] = [0, 1, 2, 3, 4]


def left(study: Study, *evidence: Evidence, workers: int = 2) -> TimeLeft | None:
    """Return how long the study still takes at 1000 s."""
    seen = seen_of(*evidence, study=study)
    return time_left(study, seen, Durations(seen), workers, 1000)


def study_of(*stages: Stage) -> Study:
    return Study(name="s", stages=stages)


FIVE = study_of(stage("a", points(seed=SEEDS)))


def test_workers_share_what_is_to_do() -> None:
    assert left(FIVE, finished(60)) == TimeLeft(seconds=120, trials=1, workers=2, unknown=0)


def test_what_a_trial_has_behind_it_is_not_ahead() -> None:
    found = left(FIVE, *[finished(60)] * 3, at_it(970), at_it(990))

    assert found is not None
    assert found.seconds == 50


def test_a_trial_that_takes_longer_than_usual_is_soon_over() -> None:
    found = left(FIVE, *[finished(60)] * 4, at_it(0))

    assert found is not None
    assert found.seconds == 0


@pytest.mark.parametrize(("evidence", "workers"), [((), 2), ((finished(60),), 0)])
def test_nothing_is_said_where_nothing_is_known_or_nobody_works(
    evidence: tuple[Evidence, ...], workers: int
) -> None:
    assert left(FIVE, *evidence, workers=workers) is None


def test_nothing_is_said_where_little_is_known() -> None:
    assert left(study_of(*FIVE.stages, stage("b", points(seed=SEEDS))), finished(60)) is None


def test_trials_of_which_nobody_knows_are_counted() -> None:
    found = left(study_of(*FIVE.stages, stage("b", points(seed=[0]))), finished(60))

    assert found is not None
    assert found.unknown == 1


def test_stages_that_need_each_other_take_their_time_however_many_workers_there_are() -> None:
    a = stage("a", points(seed=[0, 1]))
    b = stage("a", points(seed=[9]), (Edge(name="x", stage="a"),)).model_copy(update={"name": "b"})
    c = stage("a", points(seed=[8]), (Edge(name="x", stage="b"),)).model_copy(update={"name": "c"})
    found = left(study_of(a, b, c), finished(60), workers=50)

    assert found is not None
    assert found.seconds == 180


@pytest.mark.parametrize(("shape", "seconds"), [(Shape(workers=1), 240), (Shape(slots=2), 60)])
def test_a_shape_says_how_many_are_at_work_at_once(shape: Shape, seconds: int) -> None:
    found = left(study_of(FIVE.stages[0].model_copy(update={"shape": shape})), finished(60))

    assert found is not None
    assert found.seconds == seconds


def test_a_search_has_no_more_trials_at_work_than_it_says() -> None:
    search = Search(
        trials=8, parallel=2, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="loss")
    )
    sweep = stage("a", points(seed=[0])).model_copy(update={"name": "sweep", "search": search})
    found = left(study_of(stage("a", points(seed=[0])), sweep), finished(60), workers=40)

    assert found is not None
    assert found.seconds == 240
