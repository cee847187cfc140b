"""When a fault strikes: moments drawn before, against what a trial has logged."""

import json
import time
from pathlib import Path

import pytest

from orchestrator.drill.faults import FAULTS
from orchestrator.drill.faults.fault import Fault
from orchestrator.drill.legs import Course
from orchestrator.drill.small_copy import Running
from orchestrator.evidence.edges.run_folder import TrialFolder

COURSE = Course(steps=tuple(range(9)), times=tuple(map(float, range(9))), seconds=9.0)


class Noted(Fault):
    """Only notes that it strikes."""

    name = "noted"
    about = "nothing happens"
    strikes_per_trial = 2

    def strike(self, running: Running) -> None:
        self.note(running, "noted")


@pytest.fixture
def running(tmp_path: Path) -> Running:
    """Give the first attempt of a trial, which has logged nothing yet."""
    folder = TrialFolder(tmp_path / "toy-1")
    folder.attempt(1).mkdir(parents=True)
    return Running(trial="1", folder=folder, attempt=1, job="local:h:1:2", began=time.time())


def logged(running: Running, step: int) -> None:
    line = json.dumps({"step": step, "time": 1.0, "metrics": {}})
    (running.folder.attempt(running.attempt) / "metrics.jsonl").write_text(f"{line}\n")


def noted(course: Course) -> Noted:
    return Noted(None, {"1": course}, 0, print)


def test_a_moment_comes_after_its_step_was_logged(running: Running) -> None:
    fault = noted(Course(steps=(3, 4), times=(0.0, 0.0)))
    before = fault.is_due(running)
    logged(running, 3)

    assert (before, fault.is_due(running)) == (False, True)


def test_an_attempt_is_struck_once(running: Running) -> None:
    fault = noted(Course(steps=COURSE.steps, times=(0.0,) * 9))
    logged(running, 8)
    for _ in range(3):
        fault.meet(running)

    assert [strike.how for strike in fault.strikes] == ["noted"]


def test_a_trial_that_logs_nothing_is_struck_by_the_clock(running: Running) -> None:
    soon, late = noted(Course(seconds=0.0)), noted(Course(seconds=900.0))

    assert (soon.is_due(running), late.is_due(running)) == (True, False)


def test_moments_are_drawn_from_the_seed() -> None:
    assert noted(COURSE)._aims == noted(COURSE)._aims


def test_every_fault_is_found_by_its_own_name() -> None:
    assert all(fault.name == name and fault.about for name, fault in FAULTS.items())
