"""What is seen of a trial while its worker writes."""

import math
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.engine.observe import Observer, cancel_mark, look_ahead, read_submission
from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.evidence import Claim, Exit, Result
from orchestrator.evidence.state import State
from orchestrator.evidence.submission import Submission
from orchestrator.files.record_file import publish, write_beside
from orchestrator.places.profile import LOCAL
from orchestrator.places.program import program_name
from orchestrator.study.read import read_study
from orchestrator.study.study import Study
from orchestrator.study.trial import Trial
from tests.waiting import wait

STUDY = "{study: one, stages: {score: {task: tests.toy_tasks.score, params: {metric: m}}}}"


class Busy(TrialFolder):
    """A folder whose worker takes all its steps right after a certain read of somebody else."""

    def __init__(self, path: Path, reads: int, job: str) -> None:
        super().__init__(path)
        self.reads, self.job = reads, job

    def steps(self) -> list[Callable[[], object]]:
        attempt = self.attempt(1)
        claim = Claim(worker="w", job=self.job, host="here", time=time.time(), code="c")
        result = Result(metrics={"m": 1.0}, attempt=1, time=0, seconds=0, code="c")
        ended = Exit(outcome="done", time=0, seconds=0)
        return [
            lambda: attempt.mkdir(parents=True),
            lambda: write_beside(attempt / "claim.json", claim.model_dump_json()),
            (attempt / "heartbeat").touch,
            lambda: self.publish_result(result),
            lambda: publish(attempt / "exit.json", ended.model_dump_json()),
        ]

    def read(self, answer: object) -> object:
        self.reads -= 1
        if self.reads == 0:
            for step in self.steps()[self.done() :]:
                step()
        return answer

    def done(self) -> int:
        files = [
            self.attempt(1) / name
            for name in ("", "claim.json", "heartbeat", "../../result.json", "exit.json")
        ]
        return sum(file.exists() for file in files)

    def numbers(self) -> list[int]:
        return self.read(super().numbers())  # type: ignore[return-value]  # `read` passes it on

    def read_claim(self, number: int) -> Claim | None:
        return self.read(super().read_claim(number))  # type: ignore[return-value]  # `read` passes it on

    def read_exit(self, number: int) -> Exit | None:
        return self.read(super().read_exit(number))  # type: ignore[return-value]  # `read` passes it on

    def read_result(self) -> Result | None:
        return self.read(super().read_result())  # type: ignore[return-value]  # `read` passes it on


class BusyRuns(RunFolder):
    """A run folder of busy trials."""

    def __init__(self, path: Path, reads: int, job: str) -> None:
        super().__init__(path)
        self.reads, self.job = reads, job

    def trial(self, trial: Trial) -> Busy:
        return Busy(super().trial(trial).path, self.reads, self.job)


def only(folder: Path) -> Study:
    """Return a study of one trial."""
    (folder / "one.yaml").write_text(STUDY)
    return read_study(folder / "one.yaml").study


LIVES = program_name(os.getpid())
JUST_ENDED = LIVES.replace(f":{os.getpid()}:", ":1:")


@pytest.mark.parametrize(
    ("reads", "job"),
    [
        *(pytest.param(reads, LIVES, id=f"{reads}-lives") for reads in range(1, 6)),
        *(pytest.param(reads, JUST_ENDED, id=f"{reads}-just ended") for reads in range(1, 4)),
    ],
    # A worker seen to be gone has written before that: number, claim, exit | is it gone? | exit, result
)
@pytest.mark.parametrize("before", [0, 1, 2, 3, 4])
def test_a_trial_that_ends_meanwhile_is_not_taken_for_lost(
    tmp_path: Path, before: int, reads: int, job: str
) -> None:
    study = only(tmp_path)
    runs = BusyRuns(tmp_path, reads, job)
    busy = runs.trial(look_ahead(RunFolder(tmp_path), study, LOCAL).plan.trials[0])
    for step in busy.steps()[:before]:
        step()
    states = look_ahead(runs, study, LOCAL).states.values()

    assert set(states) <= {State.READY, State.RUNNING, State.DONE}


def test_what_is_written_beside_a_lost_attempt_does_not_revive_it(tmp_path: Path) -> None:
    study = only(tmp_path)
    trial = look_ahead(RunFolder(tmp_path), study, LOCAL).plan.trials[0]
    folder = RunFolder(tmp_path).trial(trial)
    folder.claim(1, Claim(worker="w", job="local:elsewhere:1:1", host="elsewhere", time=0, code="c"))
    os.utime(folder.attempt(1) / "claim.json", (0, 0))
    (folder.attempt(1) / "loss.json.beside").touch()

    assert set(look_ahead(RunFolder(tmp_path), study, LOCAL).states.values()) == {State.LOST}


def steps_of(folder: TrialFolder, metrics: dict[str, float]) -> None:
    """Claim a trial and finish it at once, without a word to anybody."""
    folder.claim(1, Claim(worker="w", job=LIVES, host="here", time=time.time(), code="c"))
    folder.publish_result(Result(metrics=metrics, attempt=1, time=0, seconds=0, code="c"))
    publish(folder.attempt(1) / "exit.json", Exit(outcome="done", time=0, seconds=0).model_dump_json())


def submitted(folder: Path, text: str = STUDY) -> tuple[RunFolder, Submission]:
    """Return a study that lies in a run folder."""
    (folder / "one.yaml").write_text(text)
    study = read_study(folder / "one.yaml").study
    runs = RunFolder(folder / "runs")
    runs.study(study.name).mkdir(parents=True)
    return runs, Submission(study=study, code="c", data="", profile=LOCAL, given="")


class Counting(RunFolder):
    """A run folder that counts how often a trial's folder is asked for."""

    questions = 0

    def trial(self, trial: Trial) -> TrialFolder:
        self.questions += 1
        return super().trial(trial)


MANY = f"""
study: many
axes: {{seed: {list(range(60))}}}
stages: {{score: {{task: tests.toy_tasks.score, params: {{metric: m}}, over: [seed]}}}}
"""


def many(folder: Path) -> tuple[Counting, Submission]:
    """Return a study of which all trials but the last are finished."""
    runs, submission = submitted(folder, MANY)
    for trial in look_ahead(runs, submission.study, LOCAL).plan.trials[:-1]:
        steps_of(runs.trial(trial), {"m": 1.0})
    return Counting(runs.path), submission


def test_a_finished_trial_is_not_looked_at_again(tmp_path: Path) -> None:
    runs, submission = many(tmp_path)
    observer = Observer(runs, submission)
    observer.look()
    runs.questions = 0
    observer.look()

    assert runs.questions <= 1  # whether the last one has a folder


def test_another_program_that_tells_of_an_end_is_heard_at_once(tmp_path: Path) -> None:
    runs, submission = many(tmp_path)
    watching, working = Observer(runs, submission), Observer(runs, submission)
    last = watching.look().plan.trials[-1]
    watching.look()
    watching._due = watching._due_to_begin = math.inf  # it may not ask all folders for once
    steps_of(runs.trial(last), {"m": 1.0})
    before = watching.look().states[last.id]
    working.look()
    working.tell(last)

    assert (before, watching.look().states[last.id]) == (State.READY, State.DONE)


def test_what_nobody_tells_is_found_all_the_same(tmp_path: Path) -> None:
    runs, submission = many(tmp_path)
    observer = Observer(runs, submission)
    last = observer.look().plan.trials[-1]
    steps_of(runs.trial(last), {"m": 1.0})

    wait(lambda: observer.look().states[last.id] is State.DONE)


def test_an_end_that_was_told_is_not_read_in_the_folder(tmp_path: Path) -> None:
    runs, submission = many(tmp_path)
    told = Observer(runs, submission)
    for trial in told.look().plan.trials[:-1]:
        told.tell(trial)
        (runs.trial(trial).attempt(1) / "claim.json").write_text("damaged, which nobody sees")
    states = Observer(runs, submission).look().states

    assert list(states.values()) == [State.DONE] * 59 + [State.READY]


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_result_that_is_another_than_was_told_is_read(tmp_path: Path, how: str) -> None:
    runs, submission = many(tmp_path)
    told = Observer(runs, submission)
    first = told.look().plan.trials[0]
    told.tell(first)
    file = runs.trial(first).path / "result.json"
    text = file.read_text()
    file.unlink()
    if how == "replaced":
        file.write_text(text.replace("1.0", "2.25"))
    evidence = Observer(runs, submission).look().evidence[first.id]

    assert (evidence.result and evidence.result.metrics) == ({"m": 2.25} if how == "replaced" else None)


def test_who_has_to_read_much_spares_others_that(tmp_path: Path) -> None:
    runs, submission = many(tmp_path)
    trials = Observer(runs, submission).look().plan.trials
    for trial in trials[:-1]:
        (runs.trial(trial).attempt(1) / "claim.json").write_text("damaged, which nobody sees")

    assert Observer(runs, submission).look().count() == {State.DONE: 59, State.READY: 1}


def begun_to_end(folder: Path) -> tuple[RunFolder, Submission, Trial]:
    """Return a study whose only trial has a result, while its worker has yet to write how it ended."""
    runs, submission = submitted(folder)
    trial = look_ahead(runs, submission.study, LOCAL).plan.trials[0]
    steps_of(runs.trial(trial), {"m": 1.0})
    (runs.trial(trial).attempt(1) / "exit.json").unlink()
    return runs, submission, trial


def end(runs: RunFolder, trial: Trial) -> None:
    """Write how the attempt ended."""
    text = Exit(outcome="done", time=0, seconds=0).model_dump_json()
    publish(runs.trial(trial).attempt(1) / "exit.json", text)


def test_who_sees_a_result_before_its_end_sees_that_too(tmp_path: Path) -> None:
    runs, submission, trial = begun_to_end(tmp_path)
    observer = Observer(runs, submission)
    before = observer.look().evidence[trial.id].attempts[0].alive
    end(runs, trial)
    observer.doubt(trial)

    assert (before, observer.look().evidence[trial.id].attempts[0].alive) == (True, False)


def test_an_attempt_that_is_not_over_is_not_told_of_for_good(tmp_path: Path) -> None:
    runs, submission, trial = begun_to_end(tmp_path)
    observer = Observer(runs, submission)
    observer.look()
    observer.tell(trial)
    end(runs, trial)

    assert Observer(runs, submission).look().evidence[trial.id].attempts[0].exit is not None


def test_without_journals_all_is_found(tmp_path: Path) -> None:
    runs, submission = many(tmp_path)
    Observer(runs, submission).look()
    shutil.rmtree(runs.study("many") / "journal")

    assert Observer(runs, submission).look().count() == {State.DONE: 59, State.READY: 1}


def test_a_trial_that_is_cancelled_while_somebody_looks_is_seen_so(tmp_path: Path) -> None:
    runs, submission = many(tmp_path)
    observer = Observer(runs, submission)
    last = observer.look().plan.trials[-1]
    mark = cancel_mark(runs, "many", last.id)
    mark.parent.mkdir()
    mark.touch()
    cancelled = observer.look().states[last.id]
    mark.unlink()

    assert (cancelled, observer.look().states[last.id]) == (State.CANCELLED, State.READY)


def test_a_submission_that_is_missed_while_it_is_replaced_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = Submission(study=only(tmp_path), code="", data="", profile=LOCAL, given="")
    write_beside(tmp_path / "studies/one/study.json", submission.model_dump_json())
    opened, missed = os.open, iter([True])

    def open_second(*given: Any) -> int:
        if next(missed, False):
            raise FileNotFoundError
        return opened(*given)

    monkeypatch.setattr(os, "open", open_second)

    assert read_submission(RunFolder(tmp_path), "one").study == submission.study


LOST = """
study: lost
axes: {seed: [0, 1]}
stages:
  first: {task: tests.toy_tasks.score, params: {metric: m}, over: [seed]}
  then: {task: tests.toy_tasks.score, params: {metric: n}, over: [seed], needs: {n: first}}
  some: {task: tests.toy_tasks.score, params: {metric: k}, needs: {n: {stage: then, all: true, require: 1}}}
"""


def test_what_is_blocked_is_not_waited_for_where_fewer_are_required(tmp_path: Path) -> None:
    runs, submission = submitted(tmp_path, LOST)
    observer = Observer(runs, submission)
    first, other, then, _ = observer.look().plan.trials
    steps_of(runs.trial(first), {"m": 1.0})
    steps_of(runs.trial(then), {"n": 1.0})
    before = observer.look().plan.undecided
    mark = cancel_mark(runs, "lost", other.id)
    mark.parent.mkdir()
    mark.touch()
    (some,) = observer.look().plan.of("some")

    assert before == {"some": 1}
    assert [member.id for member in some.gathered["n"].members] == [then.id]
    assert look_ahead(runs, submission.study, LOCAL).plan.of("some") == [some]
