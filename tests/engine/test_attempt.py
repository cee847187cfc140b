"""One attempt by a worker: real programs are forked, the task lies beside the run folder."""

import importlib
import re
import time
from pathlib import Path

import pytest

from orchestrator.engine.attempt import attempt_trials, warm
from orchestrator.engine.worker import Worker
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.evidence import Exit, Failure
from orchestrator.evidence.failure import FIRST_PAUSE_S
from orchestrator.evidence.failure_class import FILE_SYSTEM
from orchestrator.study.shape import Shape
from orchestrator.study.trial import Trial
from tests.engine.workers import JOINS_PAGES, make_worker

TASK = """
import os, signal, time
from pydantic import BaseModel


class Params(BaseModel):
    pass


def train(params: Params, context):
    return {"seed": float(context.seed)}


def vanish(params: Params, context):
    os.write(2, b"going")
    os.kill(os.getpid(), signal.SIGKILL)


def broken(params: Params, context):
    raise RuntimeError("CUDA error: uncorrectable ECC error encountered")


def listen(params: Params, context):
    while not context.should_stop():
        time.sleep(0.01)
    raise InterruptedError("asked to")
"""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Give this program as a worker that has an hour."""
    (tmp_path / "attempted.py").write_text(TASK)
    monkeypatch.syspath_prepend(tmp_path)
    return make_worker(tmp_path)


def large_pages() -> int:
    """Return how many kB of this program lie in large pages."""
    found = re.search(r"AnonHugePages: +(\d+)", Path("/proc/self/smaps_rollup").read_text())
    return int(found[1]) if found else 0


def claimed(worker: Worker, function: str, number: int = 1) -> tuple[Trial, TrialFolder]:
    """Return a trial of which this attempt was claimed, and its folder."""
    trial = Trial(
        id="0" * 16, stage="s", task=f"attempted.{function}", version=1, params={}, seed=3, needs={}, axes={}
    )
    folder = worker.runs.trial(trial)
    folder.describe(trial)
    folder.attempt(number).mkdir(parents=True)
    return trial, folder


def test_an_attempt_that_trains_to_the_end_has_a_result(worker: Worker) -> None:
    trial, folder = claimed(worker, "train")
    done = attempt_trials(worker, [(trial, 1)])
    result = folder.read_result()

    assert done
    assert result is not None
    assert result.metrics == {"seed": 3.0}


def test_a_runner_that_vanishes_leaves_a_record_all_the_same(worker: Worker) -> None:
    trial, folder = claimed(worker, "vanish")
    done = attempt_trials(worker, [(trial, 1)])
    ended = folder.read_exit(1)

    assert not done
    assert ended is not None
    assert ended.failure == Failure(
        kind="killed", message="the runner was killed by signal 9", traceback="going"
    )


def test_a_worker_that_is_to_end_tells_its_trial_to_stop(worker: Worker) -> None:
    trial, folder = claimed(worker, "listen")
    worker.stop()
    attempt_trials(worker, [(trial, 1)])
    ended, stop = folder.read_exit(1), folder.read_stop(1)

    assert ended is not None
    assert (ended.outcome, stop and stop.cause) == ("interrupted", "user")


@pytest.mark.parametrize(
    ("task", "gpus", "broken"), [("broken", 1, True), ("broken", 0, False), ("vanish", 1, False)]
)
def test_a_worker_knows_that_a_gpu_of_its_failed(worker: Worker, task: str, gpus: int, broken: bool) -> None:
    worker.shape = Shape(gpus=gpus)
    attempt_trials(worker, [(claimed(worker, task)[0], 1)])

    assert worker.broken is broken


def troubled(worker: Worker, ago: float) -> tuple[Trial, TrialFolder, float]:
    """Return a trial at its second attempt, whose first met a file system that failed some seconds ago."""
    trial, folder = claimed(worker, "train", 2)
    folder.attempt(1).mkdir()
    when = time.time() - ago
    ended = Exit(outcome="failed", time=when, seconds=1, failure=Failure(kind=FILE_SYSTEM, message="stale"))
    (folder.attempt(1) / "exit.json").write_text(ended.model_dump_json())
    return trial, folder, when


def test_a_file_system_that_failed_is_left_alone_for_a_while(worker: Worker) -> None:
    trial, folder, when = troubled(worker, FIRST_PAUSE_S - 1)
    attempt_trials(worker, [(trial, 2)])
    result = folder.read_result()

    assert result is not None
    assert result.time > when + FIRST_PAUSE_S


def test_who_typed_retry_need_not_wait(worker: Worker) -> None:
    trial, folder, when = troubled(worker, 0)
    (folder.attempt(1) / "forgiven").touch()
    attempt_trials(worker, [(trial, 2)])
    result = folder.read_result()

    assert result is not None
    assert result.time < when + FIRST_PAUSE_S


def test_a_stop_ends_the_pause(worker: Worker) -> None:
    trial, folder, when = troubled(worker, 0)
    worker.stop()
    attempt_trials(worker, [(trial, 2)])
    ended = folder.read_exit(2)

    assert ended is not None
    assert ended.time < when + FIRST_PAUSE_S


def test_a_task_that_could_not_be_imported_once_is_imported_later(worker: Worker, tmp_path: Path) -> None:
    before = warm(worker, "late.train")
    (tmp_path / "late.py").write_text(TASK)
    importlib.invalidate_caches()

    assert before is None
    assert warm(worker, "late.train") is not None


@JOINS_PAGES
def test_a_worker_of_many_trials_makes_their_forks_cheap(worker: Worker) -> None:
    before = large_pages()
    held = [bytes([number % 251]) * 2000 for number in range(16_000)]
    for number in range(1, 11):
        trial, _ = claimed(worker, "train", number)
        attempt_trials(worker, [(trial, number)])

    assert held
    assert worker.forks == 10
    assert large_pages() > before
