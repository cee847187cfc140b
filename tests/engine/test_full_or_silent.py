"""A queue without room, an sbatch that fails or hangs, an squeue that says half of it or nothing."""

import os
import signal

import pytest

from tests.engine.queue_programs import FULL, PROFILE, Queue, make_queue
from tests.toy_fixture import Toy

pytestmark = pytest.mark.slow

STUDY = "study: s\naxes: {lr: [0.1, 0.2, 0.3, 0.4, 0.5]}\nstages:\n  a: {task: toy.train, over: [lr]}\n"
SUBMIT = ("submit", "study.yaml", "--cluster", "fake.yaml")
TIMED_OUT = (
    "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1"
)
WORKERS = ["sentinel"] + ["workers"] * 5


@pytest.fixture
def queue(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Queue:
    return make_queue(toy, STUDY, monkeypatch, PROFILE.replace("max_array_size: 3", "max_array_size: 9"))


def test_what_finds_no_room_waits_and_is_no_failure(toy: Toy, queue: Queue) -> None:
    queue.does("before", FULL % 4)
    told = toy.type(*SUBMIT).stderr

    assert queue.kinds(toy) == ["sentinel", "workers", "workers", "workers"]
    assert told.count("2 workers wait for room in the queue: sbatch: error: AssocMaxSubmitJobLimit") == 1


def test_status_says_how_many_wait(toy: Toy, queue: Queue) -> None:
    queue.does("before", FULL % 3)
    toy.type(*SUBMIT)

    assert "3 workers wait for room in the queue" in toy.type("status", "s").stderr
    assert toy.json("status", "s")["waiting_for_room"] == 3


def test_the_rest_is_queued_as_soon_as_there_is_room(toy: Toy, queue: Queue) -> None:
    queue.does("before", FULL % 4)
    toy.type(*SUBMIT)
    queue.does("before", "")
    gone = next(job for job, _ in queue.lines() if "_" in job)
    (queue.folder / "jobs" / gone.replace("_", "/")).unlink()
    toy.type("advance", "s")

    assert queue.kinds(toy) == WORKERS


def test_a_full_queue_is_not_asked_again_at_once(toy: Toy, queue: Queue) -> None:
    queue.does("before", FULL % 3)
    toy.type(*SUBMIT)
    before = queue.calls()
    toy.type("advance", "s")

    assert queue.calls() == before


def test_with_room_for_one_job_only_a_worker_takes_it(toy: Toy, queue: Queue) -> None:
    queue.does("before", FULL % 1)
    toy.type(*SUBMIT)

    assert queue.kinds(toy) == ["workers"]


def test_an_sbatch_that_does_not_answer_is_called_again(toy: Toy, queue: Queue) -> None:
    queue.does("before", f"[ $call != 1 ] || {{ {TIMED_OUT}; }}")
    toy.type(*SUBMIT)

    assert queue.kinds(toy) == WORKERS


def test_an_sbatch_that_queued_before_it_failed_is_not_called_again(toy: Toy, queue: Queue) -> None:
    queue.does("after", f"[ $call != 1 ] || {{ {TIMED_OUT}; }}")
    toy.type(*SUBMIT)

    assert queue.kinds(toy) == WORKERS
    assert queue.calls() == 2


def test_an_sbatch_that_hangs_is_ended(toy: Toy, queue: Queue) -> None:
    (toy.folder / "fake.yaml").write_text(PROFILE.replace("patience: 5", "patience: 3"))
    queue.does("after", "[ $call != 1 ] || sleep 1000")
    queue.does("before", "[ $call != 2 ] || sleep 1000")
    toy.type(*SUBMIT)

    assert queue.kinds(toy) == WORKERS


def test_a_job_that_shows_up_late_is_taken_out_again(toy: Toy, queue: Queue) -> None:
    queue.does("after", f"[ $call != 1 ] || {{ mv jobs/1 jobs/.1; {TIMED_OUT}; }}")
    toy.type(*SUBMIT)
    (queue.folder / "jobs/.1").rename(queue.folder / "jobs/91")
    for task in (queue.folder / "jobs/91").iterdir():
        task.write_text(task.read_text().replace("1_", "91_", 1))
    assert len(queue.lines()) > len(WORKERS)
    toy.type("advance", "s")

    assert queue.kinds(toy) == WORKERS


def test_what_was_queued_before_a_refusal_is_watched_over(toy: Toy, queue: Queue) -> None:
    (toy.folder / "fake.yaml").write_text(PROFILE.replace("max_array_size: 3", "max_array_size: 5"))
    queue.does("before", "[ $call != 2 ] || { echo 'sbatch: error: invalid account' >&2; exit 1; }")
    toy.type(*SUBMIT, code=1)

    assert queue.kinds(toy) == ["sentinel"] + ["workers"] * 4


def test_a_refusal_is_not_repeated(toy: Toy, queue: Queue) -> None:
    queue.does("before", "echo 'sbatch: error: invalid partition specified: gpux' >&2; exit 1")
    refused = toy.type(*SUBMIT, code=1)

    assert "invalid partition" in refused.stderr
    assert queue.calls() == 1


@pytest.mark.parametrize(
    "answer",
    [
        "exit 1",
        "exit 0 < /nowhere",
        "kill -9 $$",
        "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 0",
        "cat jobs/*/* | head -c 30; exit 0",
        "echo 'Last login: today'; exit 0",
        "exec sleep 1000",
    ],
)
def test_an_answer_that_is_not_whole_changes_nothing(toy: Toy, queue: Queue, answer: str) -> None:
    toy.type(*SUBMIT)
    before = queue.lines()
    (toy.folder / "fake.yaml").write_text(PROFILE.replace("patience: 5", "patience: 3"))
    queue.does("silent", answer)
    told = toy.type(*SUBMIT).stderr

    assert "the scheduler does not answer" in told
    assert queue.lines() == before


def test_the_queue_is_asked_once_for_all_jobs(toy: Toy, queue: Queue) -> None:
    toy.type(*SUBMIT)
    queue.does("silent", "echo >> questions")
    toy.type("advance", "s")

    assert (queue.folder / "questions").read_text() == "\n"


def test_a_job_without_a_submission_that_names_it_claims_nothing(
    toy: Toy, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.type(*SUBMIT)
    monkeypatch.setenv("SLURM_JOB_ID", "91")
    worker = toy.worker("runs/studies/s/jobs/0001", "0")
    sentinel = toy.worker("runs/studies/s/jobs/0002", "wake")

    assert "no submission names slurm:91" in worker.stderr
    assert "no submission names slurm:91" in sentinel.stderr
    assert list((toy.folder / "runs").glob("trials/*/*/attempts/*")) == []


def test_a_job_that_begins_before_sbatch_answered_says_itself_what_came_of_it(
    toy: Toy, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.study(STUDY.replace("0.1, 0.2, 0.3, 0.4, 0.5", "0.1"))
    toy.type(*SUBMIT)
    (toy.folder / "runs/studies/s/jobs/0001/submitted.json").unlink()
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    toy.worker("runs/studies/s/jobs/0001", "0")

    assert toy.json("status", "s")["states"] == {"DONE": 1}
    assert queue.kinds(toy) == ["sentinel", "workers"]


def test_watch_outlives_a_scheduler_that_is_away(toy: Toy, queue: Queue) -> None:
    toy.type(*SUBMIT)
    queue.does("silent", "echo >> questions; exit 1")
    watching = toy.start("watch", "s", "--every", "0.1")
    toy.wait((queue.folder / "questions").exists)
    toy.wait(lambda: "the scheduler does not answer" in (toy.folder / "typed.log").read_text())
    still = watching.poll()
    os.kill(watching.pid, signal.SIGKILL)
    watching.wait()

    assert still is None
