import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from orchestrator.drill.edges.victim import LocalVictim
from orchestrator.places.local import ThisMachine
from orchestrator.places.program import is_alive, program_name
from tests.waiting import wait

WORKER = """
import os, signal, sys, time
from pathlib import Path

folder = Path(sys.argv[2])
signal.signal(signal.SIGTERM, lambda *_: (folder / "told").touch())
if not os.fork():
    file = (folder / "model.tmp").open("w")
(folder / str(os.getpid())).touch()
time.sleep(600)
time.sleep(600)
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[LocalVictim]:
    """Give a program that calls itself a worker and holds a file open in a child."""
    words = [sys.executable, "-c", WORKER, "orchestrator.engine.work", str(tmp_path)]
    program = subprocess.Popen(words, start_new_session=True)
    wait(lambda: len([path for path in tmp_path.iterdir() if path.name.isdigit()]) == 2)
    yield LocalVictim(ThisMachine(), program_name(program.pid))
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def test_killed_is_gone_with_all_it_started(worker: LocalVictim, tmp_path: Path) -> None:
    family = [program_name(int(path.name)) for path in tmp_path.iterdir() if path.name.isdigit()]
    worker.kill()
    wait(lambda: not any(map(is_alive, family)))

    assert not worker.is_alive()


def test_told_to_stop_lives_on(worker: LocalVictim, tmp_path: Path) -> None:
    worker.stop()
    wait((tmp_path / "told").exists)

    assert worker.is_alive()


def test_a_file_under_way_is_seen(worker: LocalVictim, tmp_path: Path) -> None:
    assert worker.writing(tmp_path) == tmp_path / "model.tmp"
    assert worker.writing(tmp_path / "elsewhere") is None


def test_frozen_hears_nothing_until_it_thaws(worker: LocalVictim, tmp_path: Path) -> None:
    worker.freeze()
    worker.stop()
    time.sleep(0.2)
    heard = (tmp_path / "told").exists()
    worker.thaw()
    wait((tmp_path / "told").exists)

    assert not heard


def test_a_frozen_trial_leaves_its_worker_free(worker: LocalVictim, tmp_path: Path) -> None:
    worker.freeze_trial()
    worker.stop()
    wait((tmp_path / "told").exists)

    assert worker.is_alive()


def test_what_a_worker_leaves_that_ended_meanwhile_goes_on(worker: LocalVictim, tmp_path: Path) -> None:
    pids = {int(path.name) for path in tmp_path.iterdir() if path.name.isdigit()}
    own = int(worker.job.split(":")[2])
    (child,) = pids - {own}
    worker.freeze_trial()
    os.kill(own, signal.SIGKILL)
    os.waitpid(own, 0)
    worker.thaw()
    status = psutil.Process(child).status()
    os.kill(child, signal.SIGKILL)

    assert status != psutil.STATUS_STOPPED
