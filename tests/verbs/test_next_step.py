import pytest

from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.places.profile import Profile
from orchestrator.study.plan import Known, expand
from orchestrator.verbs.next_step import (
    after_best,
    after_cancel,
    after_clean,
    after_failure,
    after_logs,
    after_look,
    after_plan,
    after_report,
    after_results,
    after_retry,
)
from tests.tracked_study import face_study

FACES = face_study()
ELSEWHERE = FACES.model_copy(update={"profile": Profile(name="far")})
AGAIN = "python -m orchestrator submit /grids/faces.yaml"
DONE = Evidence(result=Result(metrics={}, attempt=1, time=0, seconds=1, code="c"))
END = Exit(outcome="failed", time=9, seconds=60, failure=Failure(kind="nan_loss", message="NaN"))
FAILED = Evidence(attempts=(Attempt(number=1, claim=None, alive=False, exit=END),))


def seen_of(*evidence: Evidence) -> Seen:
    """Return the faces, the first of their trials with this evidence."""
    plan = expand(FACES.study, Known())
    return judge(plan, dict(zip((trial.id for trial in plan.trials), evidence, strict=False)))


@pytest.mark.parametrize(
    ("missing", "to_do", "submitted", "step"),
    [
        (False, 3, False, "submit it"),
        (True, 3, False, "put there what is missing, then submit it"),
        (False, 0, False, "submit it"),
        (False, 0, True, "python -m orchestrator report faces"),
    ],
)
def test_after_a_plan(missing: bool, to_do: int, submitted: bool, step: str) -> None:
    assert after_plan("faces", "submit it", to_do=to_do, missing=missing, submitted=submitted) == step


@pytest.mark.parametrize(
    ("evidence", "over", "stopped", "idle", "step"),
    [
        ((), False, False, False, "python -m orchestrator watch faces"),
        ((), False, False, True, "python -m orchestrator advance faces"),
        ((), False, True, False, AGAIN),
        ((FAILED,), False, False, False, "python -m orchestrator watch faces"),
        ((DONE, FAILED), True, False, False, "mend the cause, then python -m orchestrator retry faces"),
        ((DONE, Evidence(cancelled=True)), True, False, False, "python -m orchestrator retry faces"),
        ((DONE,), True, False, False, "python -m orchestrator report faces"),
        ((), True, False, False, ""),
    ],
)
def test_after_a_look(
    evidence: tuple[Evidence, ...], over: bool, stopped: bool, idle: bool, step: str
) -> None:
    assert after_look(FACES, seen_of(*evidence), over=over, stopped=stopped, idle=idle) == step


def test_on_a_cluster_workers_that_retry_starts_need_the_mended_code() -> None:
    assert after_failure(ELSEWHERE).startswith("mend the cause, submit again, then ")


def test_after_a_retry_on_a_cluster_its_workers_are_queued() -> None:
    assert after_retry(ELSEWHERE) == "python -m orchestrator watch faces"


def test_after_a_retry_on_this_machine_nothing_runs_yet() -> None:
    assert after_retry(FACES) == AGAIN


@pytest.mark.parametrize(("whole", "step"), [(True, AGAIN), (False, "python -m orchestrator retry faces")])
def test_what_was_cancelled_is_taken_up_again(whole: bool, step: str) -> None:
    assert after_cancel(FACES, whole=whole) == step


def test_after_a_list_of_what_may_be_removed_it_is_removed() -> None:
    assert after_clean("faces", ("work",)) == "python -m orchestrator clean faces --kind work --remove"


def test_after_results_come_the_tables() -> None:
    assert after_results("faces") == "python -m orchestrator report faces"


def test_after_the_tables_come_the_trials_side_by_side() -> None:
    assert after_report("faces") == "python -m orchestrator ui faces"


def test_after_the_best_comes_a_study_file_of_it() -> None:
    assert after_best("faces", "sweep") == "python -m orchestrator best faces sweep --yaml"


@pytest.mark.parametrize(("done", "step"), [(True, ""), (False, "python -m orchestrator why 0662caba")])
def test_after_a_log(done: bool, step: str) -> None:
    assert after_logs("0662caba8a7859c4", done=done) == step
