import math

import pytest

from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure
from orchestrator.study.objective import Objective
from orchestrator.verbs.headway import Headway, headway, short_names
from tests.evidence.searched import done, search_of, study_of
from tests.evidence.searched import seen_of as searched
from tests.evidence.test_durations import at_it, finished, seen_of
from tests.tracked_study import face_study

FACES = face_study()
END = Exit(outcome="failed", time=9, seconds=60, failure=Failure(kind="nan_loss", message="NaN"))
FAILED = Evidence(attempts=(Attempt(number=1, claim=None, alive=False, exit=END),))


def far(*evidence: Evidence, **metrics: float) -> Headway:
    """Return how far the faces are at 1000 s, the first trials with this evidence, all with these metrics."""
    seen = seen_of(*evidence, study=FACES.study)
    logged = dict.fromkeys(seen.states, (3, metrics)) if metrics else {}
    return headway(FACES, seen, logged, workers=2, now=1000)


def test_what_is_done_is_counted_once() -> None:
    assert (far(finished(60)).done, far().trials) == (1, 44)


def test_a_stage_ends_with_its_last_trial() -> None:
    assert [far(*[finished(60)] * n).stages[0].ended for n in (3, 4)] == [False, True]


def test_a_stage_of_which_nothing_can_begin_waits() -> None:
    assert [stage.waits for stage in far().stages] == [False, True]


def test_a_running_trial_has_the_axes_in_which_it_differs() -> None:
    assert far(at_it(990)).running[0].name == "gender encoder=vgg16 seed=0"


def test_a_running_trial_is_compared_with_finished_ones() -> None:
    (running,) = far(finished(60), at_it(990)).running

    assert (running.seconds, running.left) == (10, 50)


@pytest.mark.parametrize(("progress", "left"), [(0.25, 30), (1, 0), (0, None), (7, None)])
def test_a_running_trial_like_none_before_may_say_how_far_it_is(progress: float, left: float | None) -> None:
    assert far(at_it(990), progress=progress).running[0].left == left


def test_how_far_a_trial_says_that_it_is_is_no_metric_to_look_at() -> None:
    assert "progress" not in far(at_it(990), progress=0.25).running[0].metrics


def test_a_running_trial_shows_what_it_logged_last() -> None:
    (running,) = far(at_it(990), iou=0.5).running

    assert (running.step, running.metrics) == (3, {"iou": 0.5})


def test_trials_that_failed_alike_are_told_together() -> None:
    (failed,) = far(FAILED, FAILED).failed

    assert (failed.stage, failed.kind, failed.count) == ("gender", "nan_loss", 2)


@pytest.mark.parametrize(
    ("objective", "best"),
    [
        (Objective(minimize="loss"), ("loss", 0.1)),
        (Objective(maximize="loss"), ("loss", 0.3)),
        (Objective(minimize="nowhere"), None),
    ],
)
def test_the_best_of_a_search_is_that_of_its_finished_trials(
    objective: Objective, best: tuple[str, float] | None
) -> None:
    search = search_of(trials=9, objective=objective)
    results = [done(loss=value) for value in (0.2, 0.1, 0.3, math.nan)]
    study = face_study().model_copy(update={"study": study_of(search)})
    found = headway(study, searched(search, *results), {}, workers=1, now=0)

    assert found.stages[0].best == best


def test_a_name_is_short_where_no_other_ends_so() -> None:
    names = ["a.train", "a.celeba", "b.celeba"]

    assert [*short_names(names).values()] == ["train", "a.celeba", "b.celeba"]
