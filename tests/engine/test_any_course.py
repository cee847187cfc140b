"""Whatever is typed and killed in whatever order: nothing is trained twice, and over is over.

Hypothesis draws the course of a small study on this machine: submits, changed and fresh ones, cancels,
retries, kills, advances and cleaning. Its task keeps a diary outside of the run folder
(`tests/soak/task.py`), which is judged.
"""

import contextlib
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from orchestrator.engine.advance import advance, is_over
from orchestrator.engine.cancel import cancel_trials, forgive_trials
from orchestrator.engine.clean import find_removable, remove
from orchestrator.engine.drive import living_workers
from orchestrator.engine.observe import Observer, read_submission
from orchestrator.engine.stop_mark import is_stopped
from orchestrator.engine.submit import start_workers, write_submission
from orchestrator.evidence.edges.decisions import read_decisions
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.removable import KINDS
from orchestrator.evidence.state import State
from orchestrator.messages.errors import StalledError
from orchestrator.places.local import offspring
from orchestrator.places.profile import LOCAL
from orchestrator.report.report import results
from orchestrator.study.fresh import with_fresh
from orchestrator.study.read import read_study
from tests.soak.processes import processes_of
from tests.soak.verdict import check_trained_once, read_lines
from tests.waiting import wait

pytestmark = pytest.mark.slow

STUDY = """
study: s
axes: {{seed: {seeds}}}
shapes: {{brief: {{grace: 1s}}}}
stages:
  first: {{task: drawn.train, over: [seed], params: {{steps: {steps}, save_every: 1}}, shape: brief}}
  second: {{task: drawn.go_on, over: [seed], params: {{steps: 2}}, needs: {{source: first}}, shape: brief}}
  whole:
    {{task: drawn.train, params: {{steps: 2}}, needs: {{all: {{stage: first, all: true}}}}, shape: brief}}
  some:
    task: drawn.train
    params: {{steps: 1}}
    needs: {{some: {{stage: second, all: true, require: 1}}}}
    shape: brief
  sweep:
    task: drawn.train
    params: {{steps: 2}}
    search:
      sampler: random
      trials: {asked}
      space: {{rate: {{low: 0.1, high: 1.0}}}}
      objective: {{minimize: loss}}
    shape: brief
  halved:
    task: drawn.train
    params: {{steps: 3, save_every: 1}}
    search:
      sampler: tpe
      trials: {asked}
      space: {{rate: {{low: 0.1, high: 1.0}}}}
      objective: {{minimize: loss}}
      pruner: {{name: successive_halving, min_resource: 1, reduction_factor: 2, metric: value}}
    shape: brief
  final:
    {{task: drawn.go_on, params: {{steps: 2}}, needs: {{source: {{stage: sweep, best: loss}}}}, shape: brief}}
"""
EXAMPLES, STEPS = 24, 20
"""About two minutes on two cores."""


class Course(RuleBasedStateMachine):
    """A study in a run folder of its own, inside of the project, and everything that may happen to it."""

    project: ClassVar[Path]
    number: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        Course.number += 1
        self.folder = self.project / f"course-{self.number}"
        self.data = self.folder / "data"
        self.data.mkdir(parents=True)
        (self.data / "pace").write_text("0.1")
        self.runs = RunFolder(self.folder / "results")

    @initialize()
    def begin(self) -> None:
        self.submit(seeds=2, steps=2, asked=1, fresh={})

    @rule(
        seeds=st.integers(1, 3),
        steps=st.integers(2, 5),
        asked=st.integers(1, 3),
        fresh=st.sampled_from([{}, {}, {"first": "a"}, {"first": "b", "sweep": "a"}]),
    )
    def submit(self, seeds: int, steps: int, asked: int, fresh: dict[str, str]) -> None:
        """Submit the study as it was, or changed, some stages to be trained again."""
        file = self.folder / "s.yaml"
        file.write_text(STUDY.format(seeds=list(range(seeds)), steps=steps, asked=asked))
        read = read_study(file)
        read = replace(read, study=with_fresh(read.study, fresh))
        write_submission(read, self.runs, LOCAL, self.data, file, fresh=fresh)
        start_workers(self.runs, "s")

    @rule()
    def advance(self) -> None:
        with contextlib.suppress(StalledError):  # three workers in a row were killed before they began
            advance(self.runs, "s")

    @rule()
    def cancel(self) -> None:
        cancel_trials(self.runs, self.submission, ())

    @rule(place=st.integers(0, 20))
    def cancel_one(self, place: int) -> None:
        trials = list(self.look().states)
        cancel_trials(self.runs, self.submission, [trials[place % len(trials)]])

    @rule()
    def retry(self) -> None:
        forgive_trials(self.runs, self.submission, ())

    @rule()
    def clean(self) -> None:
        """Remove what nobody needs: what is done stays done."""
        before = {trial for trial, state in self.look().states.items() if state is State.DONE}
        for leftover in find_removable(self.runs, "s", KINDS).leftovers:
            remove(self.runs, "s", leftover)
        seen = self.look().states
        assert {trial for trial in before if seen.get(trial) is not State.DONE} == set()

    @rule(place=st.integers(0, 3), number=st.sampled_from([signal.SIGKILL, signal.SIGTERM]))
    def signal_worker(self, place: int, number: signal.Signals) -> None:
        """Kill a worker, or tell it to end, once something is being trained."""
        self.let_it_get_on()
        if workers := living_workers(self.runs, "s"):
            send(int(workers[place % len(workers)].split(":")[2]), number)

    @rule(place=st.integers(0, 3))
    def kill_trial(self, place: int) -> None:
        """Kill what a worker has started, once something is being trained."""
        self.let_it_get_on()
        workers = living_workers(self.runs, "s")
        below = [one.pid for job in workers for one in offspring(int(job.split(":")[2]))]
        if below:
            send(below[place % len(below)], signal.SIGKILL)

    @rule()
    def let_it_get_on(self) -> None:
        """Wait until another line is in the diary, or nobody is left who could write one."""
        before = self.lines()
        wait(lambda: self.lines() > before or not living_workers(self.runs, "s"))

    @rule()
    def let_one_end(self) -> None:
        """Wait until another trial is done, or nobody is left who could do one."""
        before = self.done()
        wait(lambda: self.done() > before or not living_workers(self.runs, "s"))

    @rule()
    def look_at_the_diary(self) -> None:
        assert check_trained_once(read_lines(self.data / "diary.jsonl")) == []

    @rule()
    def look_at_decisions(self) -> None:
        """Of no trial a step was decided twice."""
        for attempts in self.runs.path.glob("trials/*/*/attempts"):
            steps = [one.step for attempt in attempts.iterdir() for one in read_decisions(attempt)]
            assert len(steps) == len(set(steps)), attempts

    @rule()
    def see_that_it_stops(self) -> None:
        """A study that is stopped has no process a while later, and nobody gives it one."""
        if not is_stopped(self.runs, "s"):
            return
        wait(lambda: self.processes() == [])
        self.advance()
        assert self.processes() == []

    def teardown(self) -> None:
        """Let it go on to its end, with all that was cancelled, and look at everything."""
        try:
            if (self.folder / "s.yaml").exists():
                self.end()
        finally:
            for job in living_workers(self.runs, "s"):
                send(int(job.split(":")[2]), signal.SIGKILL)
            shutil.rmtree(self.folder, ignore_errors=True)

    def end(self) -> None:
        def over() -> bool:
            forgive_trials(self.runs, self.submission, ())  # a killed trial may have failed
            self.advance()
            return is_over(self.look()) and set(self.look().states.values()) == {State.DONE}

        self.submit(seeds=2, steps=2, asked=2, fresh={})
        wait(over)
        wait(lambda: self.processes() == [])
        self.look_at_the_diary()
        self.look_at_decisions()
        table = results("s", self.runs.path)
        assert len(table) == len(set(table["trial"])) == len(self.look().states)

    @property
    def submission(self):
        return read_submission(self.runs, "s")

    def look(self):
        return Observer(self.runs, self.submission).look()

    def done(self) -> int:
        return len(list(self.runs.path.glob("trials/*/*/result.json")))

    def lines(self) -> int:
        return len(read_lines(self.data / "diary.jsonl"))

    def processes(self) -> list[str]:
        """Return every process that has to do with the study."""
        return processes_of(self.folder)


def send(process: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def test_whatever_happens_nothing_is_done_twice_and_over_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(Path(__file__).parents[1] / "soak/task.py", tmp_path / "drawn.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    Course.project = tmp_path.resolve()
    run_state_machine_as_test(
        Course,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
