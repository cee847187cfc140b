"""What one look starts, and what it says of it: the scheduler is a Slurm of small programs."""

import pytest

from orchestrator.engine.launcher import ELSEWHERE
from orchestrator.engine.starter import Starter
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.state import Seen, judge
from orchestrator.evidence.submission import Submission
from orchestrator.messages.errors import SchedulerError, StalledError
from orchestrator.places.job_log import JobLog, Launched
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.slurm import queue as slurm_queue
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study
from tests.engine.queue_programs import FULL, Queue
from tests.launches import begun

STUDY = Study(name="s", stages=())
PROFILE = Profile(name="fake", max_workers=9, max_array_size=3, lease=20, patience=5)
SUBMISSION = Submission(study=STUDY, code="c", data="", profile=PROFILE, given="")
SHAPE = Shape(cpus=1)


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


def test_workers_that_never_begin_end_the_patience(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    for number in (1, 2, 3):
        begun(runs.study("s"), number).settle(Launched(jobs=(f"slurm:9{number}",)))

    with pytest.raises(StalledError, match="ended before any worker began"):
        Starter(runs, SUBMISSION).start(seen, {SHAPE: 1})


def test_workers_of_another_place_are_not_live_here(runs: RunFolder, queue: Queue, seen: Seen) -> None:
    Starter(runs, SUBMISSION).start(seen, {SHAPE: 2})
    here = Starter(runs, SUBMISSION.model_copy(update={"profile": LOCAL}))

    assert here.start(seen, {}).live == 0
