"""A stop is a stop, at whatever step it meets a program that starts workers."""

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.engine.advance import advance
from orchestrator.engine.drive import stop_workers
from orchestrator.engine.stop_mark import StudyStop, is_stopped, lay_stop, lift_stop, read_stop
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.places import local
from tests.engine.test_crash_points import alive, end_workers, is_step
from tests.toy_fixture import Toy
from tests.waiting import PATIENCE_S

HELD = "study: s\naxes: {lr: [0.1, 0.2]}\nstages:\n  a: {task: toy.train, over: [lr], params: {held: true}}\n"


def test_a_study_is_stopped_by_somebody_until_it_goes_on(runs: RunFolder) -> None:
    lay_stop(runs, "s", "Ctrl-C")
    stop = read_stop(runs, "s")
    lift_stop(runs, "s")

    assert isinstance(stop, StudyStop)
    assert stop.by == "Ctrl-C"
    assert not is_stopped(runs, "s")


class Elsewhere:
    """An `advance` in a program of its own, which waits before its k-th step until it is let go."""

    def __init__(self, toy: Toy, step: int, then: Callable[[], None] | None = None) -> None:
        self._reached, reached = os.pipe()
        go_on, self._go_on = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(reached)
            os.close(go_on)
            return
        try:
            taken, said = 0, False

            def hook(event: str, arguments: tuple[Any, ...]) -> None:
                nonlocal taken, said
                if is_step(event, arguments, str(toy.folder)):
                    taken += 1
                    if taken == step and not said:
                        said = True
                        if then is not None:
                            then()
                        os.write(reached, b".")
                        os.read(go_on, 1)

            local._started.clear()
            sys.addaudithook(hook)
            leaving = []
            signal.signal(signal.SIGTERM, lambda *_: leaving.append(True))
            advance(RunFolder(toy.folder / "runs"), "s", leaving=lambda: bool(leaving))
        finally:
            os._exit(0)

    def is_at_its_step(self) -> bool:
        """Wait until it is there; say whether it came so far."""
        return os.read(self._reached, 1) == b"."

    def go_on(self) -> None:
        """Let it go on, and wait until it ends."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._go_on, b".")

    def end(self) -> None:
        os.waitpid(self.pid, 0)
        os.close(self._reached)
        os.close(self._go_on)


@pytest.fixture
def stopped(toy: Toy) -> Toy:
    """Give a study of two trials, both held, whose workers are gone."""
    toy.study(HELD)
    submit = toy.start("submit", "study.yaml")
    toy.saved(2)
    submit.kill()
    submit.wait()
    end_workers(toy)
    return toy


def forget_launches(toy: Toy) -> None:
    """Let a study have no launches: many in a row in vain would end the patience."""
    shutil.rmtree(toy.folder / "runs/studies/s/jobs")
    (toy.folder / "runs/studies/s/jobs").mkdir()


@pytest.mark.slow
def test_a_stop_at_every_step_of_an_advance_elsewhere_leaves_no_worker(stopped: Toy) -> None:
    runs = RunFolder(stopped.folder / "runs")
    step = 0
    try:
        while True:
            step += 1
            lift_stop(runs, "s")
            forget_launches(stopped)
            other = Elsewhere(stopped, step)
            at_it = other.is_at_its_step()
            lay_stop(runs, "s", "Ctrl-C")
            other.go_on()
            assert stop_workers(runs, "s", "Ctrl-C")
            other.end()
            assert alive(stopped) == set(), f"after a stop before step {step}"
            if not at_it:
                break
    finally:
        end_workers(stopped)

    assert step > 10, "so few steps cannot be all"


@pytest.mark.slow
def test_whoever_is_told_to_end_at_any_step_of_an_advance_begins_no_other_launch(stopped: Toy) -> None:
    jobs = stopped.folder / "runs/studies/s/jobs"
    step, later = 0, 0
    try:
        while True:
            step += 1
            forget_launches(stopped)
            other = Elsewhere(stopped, step, then=lambda: os.kill(os.getpid(), signal.SIGTERM))
            if not other.is_at_its_step():
                break
            before = len(list(jobs.iterdir()))
            other.go_on()
            other.end()
            named = [json.loads(file.read_text())["jobs"] for file in sorted(jobs.glob("*/submitted.json"))]
            later += len(list(jobs.iterdir())) - before
            if len(list(jobs.iterdir())) > before:
                assert named[-1] == [], f"after TERM before step {step}"
            end_workers(stopped)
    finally:
        end_workers(stopped)

    assert later, "TERM never met an advance ahead of its intent"


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_submit_that_is_told_to_end_takes_its_workers_along(
    toy: Toy, number: signal.Signals, code: int
) -> None:
    toy.study(HELD)
    submit = toy.start("submit", "study.yaml")
    toy.saved(2)
    submit.send_signal(number)

    assert submit.wait(PATIENCE_S) == code
    assert alive(toy) == set()
    assert toy.json("status", "s")["states"] == {"INTERRUPTED": 2}


@pytest.mark.slow
def test_a_stopped_study_is_not_gone_on_with_by_those_who_follow_it(stopped: Toy) -> None:
    lay_stop(RunFolder(stopped.folder / "runs"), "s", "Ctrl-C")
    told = [stopped.type(verb, "s", code=1).stderr for verb in ("advance", "watch")]

    assert all(
        "`s` was stopped by Ctrl-C\nhint: go on with: python -m orchestrator submit" in text for text in told
    )
    assert alive(stopped) == set()


@pytest.mark.slow
def test_the_best_of_a_cancelled_sweep_is_not_gone_on_with(toy: Toy) -> None:
    toy.study(
        "study: s\naxes: {held: [false, true]}\nstages:\n  sweep: {task: toy.train, over: [held]}\n"
        "  final: {task: toy.use, needs: {source: {stage: sweep, best: {minimize: loss}}}}\n"
    )
    toy.type("submit", "study.yaml", "--detach")
    toy.saved(2)
    toy.wait(lambda: list((toy.folder / "runs").glob("trials/*/*/result.json")))
    toy.type("cancel", "s")
    toy.let_go()
    toy.wait(lambda: alive(toy) == set())

    assert not list((toy.folder / "runs").glob("trials/toy.use-*"))
