"""What is damaged, shown on a real program that stands in for a worker and on files as a task leaves them."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.drill.faults.corrupt import Corrupt
from orchestrator.drill.legs import Course
from orchestrator.drill.small_copy import Running
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.places.local import job_name

WHOLE = "0123456789"
Struck = Callable[..., Corrupt]


@dataclass
class Copy:
    """A copy of a study with one trial, which nobody drives."""

    folder: TrialFolder
    here = True
    workers = running = list

    def trial_folder(self, trial: str) -> TrialFolder:
        return TrialFolder(self.folder.path.with_name(f"toy-{trial}"))

    def signal_driver(self, number: int) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    """Give the folder of a trial at its first attempt."""
    folder = TrialFolder(tmp_path / "trials/toy-1")
    folder.attempt(1).mkdir(parents=True)
    folder.checkpoint.mkdir()
    return folder


@pytest.fixture
def struck(folder: TrialFolder) -> Iterator[Struck]:
    """Give what strikes the trial, whose worker runs a shell line in the checkpoint folder."""
    workers = []

    def strike(line: str = "", kept: tuple[str, ...] = ("state.json",)) -> Corrupt:
        worker = subprocess.Popen(
            ["sh", "-c", f"{line}\necho ready\nexec sleep 600"],
            cwd=folder.checkpoint,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        workers.append(worker)
        assert worker.stdout is not None
        worker.stdout.readline()
        fault = Corrupt(Copy(folder), {"1": Course(kept=frozenset(kept))}, 0, print)
        fault.strike(Running(trial="1", folder=folder, attempt=1, job=job_name(worker.pid), began=0.0))
        return fault

    yield strike
    for worker in workers:
        worker.kill()
        worker.wait()


def saved(folder: TrialFolder, name: str, when: float) -> Path:
    path = folder.checkpoint / name
    path.write_text(WHOLE)
    os.utime(path, (when, when))
    return path


def test_a_file_that_was_never_renamed_is_passed_over(folder: TrialFolder, struck: Struck) -> None:
    finished, unfinished = saved(folder, "state.json", 10), saved(folder, "state.new", 20)
    struck()

    assert unfinished.read_text() == WHOLE
    assert finished.read_text() == WHOLE[:5]


def test_a_file_under_way_is_passed_over(folder: TrialFolder, struck: Struck) -> None:
    finished = saved(folder, "step-1.pt", 10)
    struck(f"exec 3> step-2.pt; printf {WHOLE} >&3", kept=("step-#.pt",))

    assert (folder.checkpoint / "step-2.pt").read_text() == WHOLE
    assert finished.read_text() == WHOLE[:5]


def test_where_nothing_is_finished_nothing_is_hit(folder: TrialFolder, struck: Struck) -> None:
    saved(folder, "state.json.tmp", 10)
    fault = struck(kept=())
    fault.close()

    assert not any(strike.damaged or strike.counts for strike in fault.strikes)
    assert "nothing that could be damaged" in fault.notes[0]


@pytest.mark.parametrize(("log", "counts"), [("went on", False), ("checkpoint state.json is torn", True)])
def test_damage_that_nobody_noticed_is_no_hit(
    folder: TrialFolder, struck: Struck, log: str, counts: bool
) -> None:
    saved(folder, "state.json", 10)
    fault = struck()
    folder.attempt(2).mkdir()
    (folder.attempt(2) / "log.txt").write_text(log)
    (folder.attempt(2) / "exit.json").write_text('{"outcome": "done", "time": 1, "seconds": 1}')
    fault.close()

    assert [strike.counts for strike in fault.strikes] == [counts]
    assert bool(fault.notes) is not counts
