"""What is damaged, shown on files as a task leaves them."""

import os
from pathlib import Path

import pytest

from orchestrator.drill.faults.corrupt import Corrupt
from orchestrator.drill.legs import Course
from orchestrator.drill.small_copy import Running
from orchestrator.evidence.edges.run_folder import TrialFolder
from tests.drill.faults.conftest import Begin, Copy

WHOLE = "0123456789"


def struck(copy: Copy, running: Running, *kept: str) -> Corrupt:
    """Return the fault after it struck a trial that leaves files of these names when it is undisturbed."""
    fault = Corrupt(copy, {"1": Course(kept=frozenset(kept))}, 0, print)
    fault.strike(running)
    return fault


def saved(folder: TrialFolder, name: str, when: float) -> Path:
    path = folder.checkpoint / name
    path.write_text(WHOLE)
    os.utime(path, (when, when))
    return path


def test_a_file_that_was_never_renamed_is_passed_over(copy: Copy, folder: TrialFolder, begin: Begin) -> None:
    finished, unfinished = saved(folder, "state.json", 10), saved(folder, "state.new", 20)
    struck(copy, begin(), "state.json")

    assert unfinished.read_text() == WHOLE
    assert finished.read_text() == WHOLE[:5]


def test_a_file_under_way_is_passed_over(copy: Copy, folder: TrialFolder, begin: Begin) -> None:
    finished = saved(folder, "step-1.pt", 10)
    struck(copy, begin(f"exec 3> step-2.pt; printf {WHOLE} >&3"), "step-#.pt")

    assert (folder.checkpoint / "step-2.pt").read_text() == WHOLE
    assert finished.read_text() == WHOLE[:5]


def test_where_nothing_is_finished_nothing_is_hit(copy: Copy, folder: TrialFolder, begin: Begin) -> None:
    saved(folder, "state.json.tmp", 10)
    fault = struck(copy, begin())
    fault.close()

    assert not any(strike.damaged or strike.counts for strike in fault.strikes)
    assert "nothing that could be damaged" in fault.notes[0]


@pytest.mark.parametrize(("log", "counts"), [("went on", False), ("checkpoint state.json is torn", True)])
def test_damage_that_nobody_noticed_is_no_hit(
    copy: Copy, folder: TrialFolder, begin: Begin, log: str, counts: bool
) -> None:
    saved(folder, "state.json", 10)
    fault = struck(copy, begin(), "state.json")
    folder.attempt(2).mkdir()
    (folder.attempt(2) / "log.txt").write_text(log)
    (folder.attempt(2) / "exit.json").write_text('{"outcome": "done", "time": 1, "seconds": 1}')
    fault.close()

    assert [strike.counts for strike in fault.strikes] == [counts]
    assert bool(fault.notes) is not counts
