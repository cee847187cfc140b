"""Everything a trial started ends with it: real programs, forked and started by tasks that never ask."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.engine.attempt import attempt_trials
from orchestrator.engine.observe import cancel_mark
from orchestrator.engine.worker import Worker
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.evidence import Exit, Stop
from orchestrator.study.shape import Shape
from orchestrator.study.trial import Trial
from tests.engine.workers import make_worker
from tests.toy_fixture import Toy
from tests.waiting import wait

TASK = """
import os, signal, subprocess, sys, time
from pathlib import Path
from pydantic import BaseModel

PROGRAM = '''
import os, signal, sys, time
from pathlib import Path
def end(*_):
    Path(sys.argv[2]).touch()
    sys.exit(0)
if sys.argv[1] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, end)
Path(sys.argv[3]).write_text(str(os.getpid()))
time.sleep(600)
'''


class Params(BaseModel):
    how: str = "hears"
    alone: bool = False


def start(params, context):
    pid, told = context.artifact("pid.txt"), context.artifact("told.txt")
    words = [sys.executable, "-c", PROGRAM, params.how, str(told), str(pid)]
    program = subprocess.Popen(words, start_new_session=params.alone)
    while not pid.exists() or not pid.read_text():
        time.sleep(0.01)
    return program


def leave(params: Params, context):
    start(params, context)
    return {"done": 1.0}


def wait(params: Params, context):
    start(params, context).wait()
    return {"done": 1.0}


def sleep(params: Params, context):
    context.artifact("pid.txt").write_text(str(os.getpid()))
    end = time.monotonic() + 600
    while time.monotonic() < end:
        time.sleep(0.01)


def fork(params: Params, context):
    if not os.fork():
        context.artifact("pid.txt").write_text(str(os.getpid()))
        time.sleep(600)
    return sleep(params, context)
"""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Give this program as a worker whose trials have a second to stop."""
    (tmp_path / "started.py").write_text(TASK)
    monkeypatch.syspath_prepend(tmp_path)
    worker = make_worker(tmp_path)
    worker.shape = Shape(grace=1)
    return worker


def claimed(worker: Worker, function: str, **params: object) -> tuple[Trial, TrialFolder]:
    """Return a trial of which the first attempt was claimed, and its folder."""
    trial = Trial(
        id="0" * 16,
        stage="s",
        task=f"started.{function}",
        version=1,
        params=params,
        seed=0,
        needs={},
        axes={},
    )
    folder = worker.runs.trial(trial)
    folder.describe(trial)
    folder.attempt(1).mkdir(parents=True)
    return trial, folder


def is_gone(folder: TrialFolder) -> bool:
    """Say whether the process is gone that the trial has written down."""
    number = int((folder.artifacts / "pid.txt").read_text())
    stat = Path(f"/proc/{number}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("alone", [False, True], ids=["of its session", "of a session of its own"])
def test_what_a_finished_trial_leaves_behind_is_told_to_end(worker: Worker, *, alone: bool) -> None:
    trial, folder = claimed(worker, "leave", alone=alone)
    done = attempt_trials(worker, [(trial, 1)])

    assert done
    assert is_gone(folder)
    assert (folder.artifacts / "told.txt").exists()


def cancelled(worker: Worker, function: str, **params: object) -> tuple[Exit | None, TrialFolder]:
    """Return how a trial ends that is cancelled from the first."""
    trial, folder = claimed(worker, function, **params)
    mark = cancel_mark(worker.runs, worker.submission.study.name, trial.id)
    mark.parent.mkdir(parents=True)
    mark.touch()
    attempt_trials(worker, [(trial, 1)])
    return folder.read_exit(1), folder


def test_a_task_that_never_asks_is_killed_after_its_grace(worker: Worker) -> None:
    ended, folder = cancelled(worker, "sleep")
    stop = folder.read_stop(1)

    assert ended is not None
    assert (ended.outcome, ended.killed, ended.failure) == ("interrupted", True, None)
    assert isinstance(stop, Stop)
    assert is_gone(folder)


def test_a_program_that_a_task_waits_for_is_told_within_the_grace(worker: Worker) -> None:
    ended, folder = cancelled(worker, "wait")

    assert ended is not None
    assert (ended.outcome, ended.killed) == ("interrupted", False), "what it gave then is no result"
    assert folder.read_result() is None
    assert (folder.artifacts / "told.txt").exists()


@pytest.mark.parametrize("alone", [False, True], ids=["of its session", "of a session of its own"])
def test_a_program_that_does_not_hear_is_killed_with_the_trial(worker: Worker, *, alone: bool) -> None:
    ended, folder = cancelled(worker, "wait", how="deaf", alone=alone)

    assert ended is not None
    assert ended.killed
    assert is_gone(folder)


def wait_for_its_end(place: Path, script: str, function: str) -> None:
    """Kill a program that is a worker once its trial has begun, and wait until that is gone too."""
    program = subprocess.Popen([sys.executable, "-c", script, str(place)])
    folder = TrialFolder(place / f"runs/trials/00/started.{function}-{'0' * 16}")
    wait(lambda: (folder.artifacts / "pid.txt").exists() and (folder.artifacts / "pid.txt").read_text())
    program.kill()
    program.wait()
    wait(lambda: is_gone(folder))


@pytest.mark.parametrize("function", ["wait", "fork", "sleep"])
@pytest.mark.parametrize("alone", [False, True], ids=["of its session", "of a session of its own"])
def test_a_worker_that_is_killed_takes_its_trial_along(tmp_path: Path, function: str, *, alone: bool) -> None:
    (tmp_path / "started.py").write_text(TASK)
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from tests.engine.test_stopping import attempt_trials, claimed, make_worker\n"
        "worker = make_worker(Path(sys.argv[1]))\n"
        f"attempt_trials(worker, [(claimed(worker, {function!r}, how='deaf', alone={alone})[0], 1)])\n"
    )
    wait_for_its_end(tmp_path, script, function)


@pytest.mark.slow
def test_a_killed_worker_of_a_study_leaves_no_second_copy_training(toy: Toy) -> None:
    (toy.folder / "toy.py").write_text(TASK)
    toy.study(
        "study: s\nshapes: {short: {grace: 1s}}\n"
        "stages:\n  a: {task: toy.wait, params: {how: deaf}, shape: short}\n"
    )
    toy.type("submit", "study.yaml", "--detach")
    runs = toy.folder / "runs"
    wait(lambda: any(file.read_text() for file in runs.glob("trials/*/*/artifacts/pid.txt")))
    folder = TrialFolder(next(runs.glob("trials/*/*")))
    first = int((folder.artifacts / "pid.txt").read_text())
    claim = folder.read_claim(1)
    assert claim is not None
    os.kill(int(claim.job.split(":")[2]), signal.SIGKILL)
    toy.type("submit", "study.yaml", "--detach")
    wait(lambda: 2 in folder.numbers())
    wait(lambda: int((folder.artifacts / "pid.txt").read_text() or first) != first)
    copies = [name for name in os.listdir("/proc") if name.isdigit() and is_copy(int(name), folder)]  # noqa: PTH208
    toy.type("cancel", "s")
    wait(lambda: is_gone(folder))

    assert len(copies) == 1


def is_copy(number: int, folder: TrialFolder) -> bool:
    """Say whether a process is a copy of the program that the trial starts."""
    try:
        words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(folder.artifacts / "pid.txt") in words


def test_a_guard_that_was_killed_is_there_again_for_the_next_trial(tmp_path: Path) -> None:
    (tmp_path / "started.py").write_text(TASK)
    script = (
        "import os, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from orchestrator.engine.edges.guard import own_guard\n"
        "from tests.engine.test_stopping import attempt_trials, claimed, make_worker\n"
        "os.kill(own_guard()._program.pid, 9)\n"
        "own_guard()._program.wait()\n"
        "worker = make_worker(Path(sys.argv[1]))\n"
        "attempt_trials(worker, [(claimed(worker, 'wait', how='deaf')[0], 1)])\n"
    )
    wait_for_its_end(tmp_path, script, "wait")
