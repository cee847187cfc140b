"""What one look starts, and what it says of it: the scheduler is a Slurm of small programs."""

import time

import pytest

from orchestrator.engine.launcher import ELSEWHERE
from orchestrator.engine.starter import Starter
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Attempt, Claim, Evidence
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.evidence.submission import Submission
from orchestrator.messages.errors import SchedulerError, StalledError, StoppedError
from orchestrator.places.job_log import GpuFailure, JobLog, Launched
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.slurm import queue as slurm_queue
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study
from tests.engine.queue_programs import FULL, Queue
from tests.launches import begun

STUDY = Study(name="s", stages=())
PROFILE = Profile(name="fake", max_workers=9, max_array_size=3, lease=20, patience=5)
SUBMISSION = Submission(study=STUDY, code="c", data="", profile=PROFILE, given="")
SHAPE, GPU = Shape(cpus=1), Shape(gpus=1)


@pytest.fixture
def seen() -> Seen:
    return judge(expand(STUDY, Known()), {})


def log(runs: RunFolder) -> JobLog:
    return JobLog(runs.study("s"))


def test_workers_come_in_arrays_and_a_sentinel_watches_over_them(
    runs: RunFolder, queue: Queue, seen: Seen
) -> None:
    done = Starter(runs, SUBMISSION).start(seen, {SHAPE: 3})

    assert done.started == ("slurm:1_0", "slurm:1_1", "slurm:2")
    assert (done.live, done.waiting, done.hindrance, done.elsewhere, done.watched) == (3, 0, "", False, True)
    assert [job for job, _ in queue.lines()] == ["1_0", "1_1", "2", "3"]


def test_what_is_live_already_is_not_started_again(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    Starter(runs, SUBMISSION).start(seen, {SHAPE: 2})
    again = Starter(runs, SUBMISSION).start(seen, {SHAPE: 3})

    assert (len(again.started), again.live) == (1, 3)


def test_whoever_launches_between_the_look_and_the_start_is_left_the_field(
    runs: RunFolder, queue: Queue, seen: Seen
) -> None:
    slow, fast = Starter(runs, SUBMISSION), Starter(runs, SUBMISSION)
    fast.start(seen, {SHAPE: 2})
    beaten = slow.start(seen, {SHAPE: 2})

    assert (beaten.started, beaten.elsewhere, beaten.hindrance) == ((), True, ELSEWHERE)
    assert len(queue.lines()) == 3


def test_what_finds_no_room_waits(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    queue.does("before", FULL % 3)
    done = Starter(runs, SUBMISSION).start(seen, {SHAPE: 5})

    assert (len(done.started), done.live, done.waiting, done.watched) == (2, 2, 3, True)
    assert "AssocMaxSubmitJobLimit" in done.hindrance


def test_a_worker_gives_way_to_the_sentinel(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    queue.does("before", FULL % 2)
    done = Starter(runs, SUBMISSION).start(seen, {SHAPE: 2})

    assert (done.started, done.live, done.waiting, done.watched) == (("slurm:1_0",), 1, 1, True)
    assert log(runs).launch(1).ended() == {"slurm:1_1"}


def test_a_silent_scheduler_hinders(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    Starter(runs, SUBMISSION).start(seen, {SHAPE: 1})
    queue.does("silent", "exit 1")
    slurm_queue._memory.asked = float("-inf")
    done = Starter(runs, SUBMISSION).start(seen, {SHAPE: 2})

    assert (done.started, done.watched) == ((), False)
    assert done.hindrance == "the scheduler does not answer (`squeue`), so nothing was started"


def test_what_was_queued_before_a_refusal_is_watched_over(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    queue.does("before", "[ $call != 2 ] || { echo 'sbatch: error: invalid account' >&2; exit 1; }")

    with pytest.raises(SchedulerError, match="invalid account"):
        Starter(runs, SUBMISSION).start(seen, {SHAPE: 4})
    assert [job for job, _ in queue.lines()] == ["1_0", "1_1", "2"]


def test_a_job_that_no_launch_names_is_taken_out(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    Starter(runs, SUBMISSION).start(seen, {SHAPE: 1})
    (stray, name) = ("77", queue.lines()[0][1])
    (queue.folder / "jobs/77").mkdir()
    (queue.folder / "jobs/77/0").write_text(f"{stray}|PD|{name}|.\n")
    slurm_queue._memory.asked = float("-inf")
    Starter(runs, SUBMISSION).start(seen, {SHAPE: 1})

    assert [job for job, _ in queue.lines()] == ["1", "2"]


def in_vain(runs: RunFolder, *, ended: bool = False, count: int = 3) -> None:
    """Let launches have come to nothing: their workers began and died, or ended, before they took a trial."""
    for number in range(1, count + 1):
        launch = begun(runs.study("s"), number).settle(Launched(jobs=(f"slurm:9{number}",)))
        launch.mark("started", 0, f"slurm:9{number}")
        if ended:
            launch.mark("ended", 0, f"slurm:9{number}")


def test_workers_that_never_begin_end_the_patience(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    for number in (1, 2, 3):
        begun(runs.study("s"), number).settle(Launched(jobs=(f"slurm:9{number}",)))

    with pytest.raises(StalledError, match="3 submissions ended before any worker took a trial"):
        Starter(runs, SUBMISSION).start(seen, {SHAPE: 1})


def test_workers_that_die_while_they_ask_end_the_patience(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    in_vain(runs)

    with pytest.raises(StalledError, match="3 submissions ended before any worker took a trial"):
        Starter(runs, SUBMISSION).start(seen, {SHAPE: 1})


def test_workers_that_find_nothing_end_it_much_later(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    in_vain(runs, ended=True, count=9)
    started = Starter(runs, SUBMISSION).start(seen, {SHAPE: 1}).started
    queue.empty(used=9)
    slurm_queue._memory.asked = float("-inf")

    assert len(started) == 1
    with pytest.raises(StalledError, match="10 submissions ended"):
        Starter(runs, SUBMISSION).start(seen, {SHAPE: 1})


def test_the_patience_is_for_a_study_that_wants_workers(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    in_vain(runs)

    assert Starter(runs, SUBMISSION).start(seen, {}).started == ()


@pytest.mark.parametrize("job", ["slurm:92", "slurm:7"], ids=["its own", "of others, later"])
def test_a_trial_that_somebody_took_renews_the_patience(runs: RunFolder, queue: Queue, job: str) -> None:
    in_vain(runs)
    claim = Claim(worker="w", job=job, host="h", time=1, code="c")
    taken = Evidence(attempts=(Attempt(number=1, claim=claim, alive=False),))
    point = Point(axes={}, seed=0, params={})
    study = Study(name="s", stages=(Stage(name="a", task="t", version=1, shape=SHAPE, points=(point,)),))
    plan = expand(study, Known())
    seen = judge(plan, {plan.trials[0].id: taken})

    assert len(Starter(runs, SUBMISSION).start(seen, {SHAPE: 1}).started) == 1


def test_a_start_that_meets_a_stop_starts_nothing_and_leaves_nothing_open(
    runs: RunFolder, queue: Queue, seen: Seen
) -> None:
    with pytest.raises(StoppedError):
        Starter(runs, SUBMISSION, halted=lambda: True).start(seen, {SHAPE: 1})

    assert queue.lines() == []
    assert not log(runs).launch(1).open


def test_workers_of_another_place_are_not_live_here(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    Starter(runs, SUBMISSION).start(seen, {SHAPE: 2})
    here = Starter(runs, SUBMISSION.model_copy(update={"profile": LOCAL}))

    assert here.start(seen, {}).live == 0


def without_gpus(runs: RunFolder, *nodes: str, shape: Shape = GPU) -> None:
    """Let launches have come to nothing, as their workers found GPUs broken on these nodes."""
    for number, node in enumerate(nodes, start=1):
        launch = begun(runs.study("s"), number, shape=shape).settle(Launched(jobs=(f"slurm:9{number}",)))
        failure = GpuFailure(
            job=f"slurm:9{number}", host="h", node=node, gpus=1, found=f"{node} hangs", time=time.time()
        )
        launch.cannot_use_gpus(0, failure)
        launch.mark("ended", 0, f"slurm:9{number}")


def test_a_node_whose_gpus_cannot_be_used_is_avoided(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    without_gpus(runs, "n1", "n2")
    Starter(runs, SUBMISSION).start(seen, {GPU: 1})

    assert log(runs).launch(3).intent.avoid == ("n2", "n1")  # type: ignore[union-attr]


def test_workers_that_cannot_use_their_gpus_end_the_patience(
    runs: RunFolder, queue: Queue, seen: Seen
) -> None:
    without_gpus(runs, "n1", "n2", "n1")

    with pytest.raises(StalledError, match=r"gpu_failure: no worker with 1 GPU .*on n2: n2 hangs") as told:
        Starter(runs, SUBMISSION).start(seen, {GPU: 1})
    assert "--cpu" in str(told.value.hint)


def test_trials_without_gpus_go_on_where_gpus_cannot_be_used(
    runs: RunFolder, queue: Queue, seen: Seen
) -> None:
    without_gpus(runs, "n1", "n2", "n1")
    done = Starter(runs, SUBMISSION).start(seen, {GPU: 1, SHAPE: 2})

    assert len(done.started) == 2
    assert "gpu_failure: no worker with 1 GPU" in done.hindrance


def test_the_brake_counts_workers_without_gpus_and_names_what_they_found(
    runs: RunFolder, queue: Queue, seen: Seen
) -> None:
    without_gpus(runs, "n1", "n2")
    begun(runs.study("s"), 3).settle(Launched(jobs=("slurm:93",)))

    with pytest.raises(StalledError, match=r"3 submissions ended(.|\n)*gpu_failure on n2: n2 hangs"):
        Starter(runs, SUBMISSION).start(seen, {GPU: 1})


def test_a_local_study_that_asks_for_gpus_is_told_where_there_are_none(
    runs: RunFolder, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    local = SUBMISSION.model_copy(update={"profile": LOCAL})

    with pytest.raises(StalledError, match="no worker with 1 GPU can be started: found here: none"):
        Starter(runs, local).start(seen, {GPU: 1})
