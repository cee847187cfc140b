import pytest
from pydantic import ValidationError

from orchestrator.evidence.evidence import Attempt, Claim, Evidence, Exit, Failure, Loss, Result


def attempt(number: int = 1, **rest: object) -> Attempt:
    return Attempt(**{"number": number, "claim": None, "alive": False, **rest})


@pytest.mark.parametrize(
    ("attempt", "kind"),
    [
        (attempt(), "lost"),
        (attempt(loss=Loss(kind="node_failure", state="NODE_FAIL", time=0)), "node_failure"),
        (attempt(exit=Exit(outcome="interrupted", time=0, seconds=1)), "interrupted"),
        (
            attempt(
                exit=Exit(outcome="failed", time=0, seconds=1, failure=Failure(kind="disk_full", message=""))
            ),
            "disk_full",
        ),
    ],
)
def test_how_an_attempt_ended(attempt: Attempt, kind: str) -> None:
    assert attempt.kind == kind


def test_what_retry_forgave_is_not_recent() -> None:
    attempts = (attempt(1), attempt(2, forgiven=True), attempt(3))

    assert Evidence(attempts=attempts).recent == attempts[2:]


def test_without_retry_everything_is_recent() -> None:
    assert len(Evidence(attempts=(attempt(1), attempt(2))).recent) == 2


def test_a_trial_took_the_time_of_all_attempts_that_tell_it() -> None:
    first, lost = attempt(1, exit=Exit(outcome="interrupted", time=0, seconds=60)), attempt(2)
    result = Result(metrics={}, attempt=3, time=0, seconds=5, code="c")

    assert Evidence(result=result, attempts=(first, lost, attempt(3))).seconds == 65


@pytest.mark.parametrize("job", ["slurm:12", "slurm:12_3", "local:host:12:345"])
def test_jobs_that_may_be_written_down(job: str) -> None:
    assert Claim(worker="w", job=job, host="h", time=0, code="c").job == job


@pytest.mark.parametrize("job", ["slurm:--help", "12", "local:a:b:1", "slurm:1;x"])
def test_a_job_that_could_be_taken_for_an_option_is_none(job: str) -> None:
    with pytest.raises(ValidationError):
        Claim(worker="w", job=job, host="h", time=0, code="c")
