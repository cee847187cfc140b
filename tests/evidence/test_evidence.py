import pytest
from pydantic import ValidationError

from orchestrator.evidence.evidence import Attempt, Claim, Evidence, Exit, Failure, Loss

FAILURE = Failure(kind="nan_loss", message="NaN")


def attempt(number: int = 1, *, forgiven: bool = False, **rest: object) -> Attempt:
    return Attempt(number=number, claim=None, alive=False, forgiven=forgiven, **rest)  # type: ignore[arg-type]  # as the caller says


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (attempt(), "lost"),
        (attempt(loss=Loss(kind="node_fail", state="NODE_FAIL", time=0)), "node_fail"),
        (attempt(exit=Exit(outcome="done", time=0, seconds=1)), "done"),
        (attempt(exit=Exit(outcome="failed", time=0, seconds=1, failure=FAILURE)), "nan_loss"),
    ],
    ids=["lost", "explained", "done", "failed"],
)
def test_an_attempt_has_a_kind_of_end(one: Attempt, kind: str) -> None:
    assert one.kind == kind


@pytest.mark.parametrize(
    ("forgiven", "recent"), [((), [1, 2, 3]), ((1,), [2, 3]), ((1, 2), [3]), ((3,), [])], ids=str
)
def test_only_attempts_after_the_last_retry_are_recent(forgiven: tuple[int, ...], recent: list[int]) -> None:
    attempts = tuple(attempt(number, forgiven=number in forgiven) for number in (1, 2, 3))

    assert [one.number for one in Evidence(attempts=attempts).recent] == recent


@pytest.mark.parametrize("job", ["slurm:7", "slurm:7_1", "local:host:12:345"])
def test_a_job_is_read_back(job: str) -> None:
    claim = Claim(worker="w", job=job, host="h", time=0, code="c")

    assert Claim.model_validate_json(claim.model_dump_json()) == claim


@pytest.mark.parametrize("job", ["7", "slurm:7; rm", "local:host:1", "slurm:-1"])
def test_what_names_no_job_is_refused(job: str) -> None:
    with pytest.raises(ValidationError):
        Claim(worker="w", job=job, host="h", time=0, code="c")
