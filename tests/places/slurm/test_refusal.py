import pytest

from orchestrator.messages.errors import QueueFullError, SchedulerError, SilentError
from orchestrator.places.slurm.refusal import refusal

POLICY = (
    "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy "
    "(job submit limit, user's size and/or time limits)"
)


@pytest.mark.parametrize(
    "limit",
    [
        "AssocMaxSubmitJobLimit",
        "AssocGrpSubmitJobsLimit",
        "QOSGrpSubmitJobsLimit",
        "QOSMaxSubmitJobPerUserLimit",
        "QOSMaxSubmitJobPerAccountLimit",
    ],
)
def test_a_limit_on_queued_jobs_is_waited_for(limit: str) -> None:
    assert refusal(f"sbatch: error: {limit} {POLICY}", queued=0) is QueueFullError


@pytest.mark.parametrize("limit", ["QOSMaxWallDurationPerJobLimit", "AssocMaxCpuPerJobLimit", "QOSMinGRES"])
def test_a_job_that_is_too_large_is_too_large_tomorrow(limit: str) -> None:
    assert refusal(f"sbatch: error: {limit} {POLICY}", queued=3) is SchedulerError


@pytest.mark.parametrize(
    ("queued", "kind"), [(0, SchedulerError), (1, QueueFullError), (None, QueueFullError)]
)
def test_a_limit_that_is_not_named_concerns_a_number_only_where_there_is_one(
    queued: int | None, kind: type[SchedulerError]
) -> None:
    assert refusal(POLICY, queued) is kind


@pytest.mark.parametrize(
    "words",
    [
        "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation",
        "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)",
        "sbatch: error: slurm_receive_msg: Zero Bytes were transmitted or received",
        "sbatch: error: Batch job submission failed: Resource temporarily unavailable",
    ],
)
def test_no_answer_is_no_refusal(words: str) -> None:
    assert refusal(words, queued=0) is SilentError


@pytest.mark.parametrize(
    "words",
    [
        "sbatch: error: Batch job submission failed: Invalid account or partition",
        "sbatch: error: invalid partition specified: gpux",
        "sbatch: error: Batch job submission failed: Requested node configuration is not available",
        "",
    ],
)
def test_everything_else_is_final(words: str) -> None:
    assert refusal(words, queued=2) is SchedulerError
