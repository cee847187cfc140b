from pathlib import Path

import pytest

from orchestrator.engine.histories import Histories
from orchestrator.engine.told import History
from orchestrator.evidence.decision import Decision
from orchestrator.evidence.edges.decisions import record
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Attempt, Evidence, Exit
from orchestrator.evidence.state import Seen, State
from orchestrator.files.line_file import append_line
from orchestrator.study.plan import Plan
from orchestrator.study.trial import Trial

TRIAL = Trial(id="0" * 16, stage="s", task="t", version=1, params={}, seed=0, needs={}, axes={})


@pytest.fixture
def runs(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path)
    made.trial(TRIAL).attempt(1).mkdir(parents=True)
    return made


def log(runs: RunFolder, step: int, attempt: int = 1, **metrics: float) -> None:
    folder = runs.trial(TRIAL).attempt(attempt)
    folder.mkdir(exist_ok=True)
    append_line(folder / "metrics.jsonl", {"step": step, "time": 1, "metrics": metrics})


def seen(state: State, attempts: int = 1) -> Seen:
    exits = [Exit(outcome="pruned", time=1, seconds=1)] * attempts
    made = [Attempt(number=n, claim=None, alive=False, exit=one) for n, one in enumerate(exits, 1)]
    plan = Plan(study="s", trials=(TRIAL,), openings=(), undecided={})
    return Seen(plan=plan, evidence={TRIAL.id: Evidence(attempts=tuple(made))}, states={TRIAL.id: state})


def of(histories: Histories, now: Seen) -> History:
    return histories.of([TRIAL], "loss", now)[TRIAL.id]


def test_a_curve_is_what_was_logged_of_the_metric(runs: RunFolder) -> None:
    log(runs, 1, loss=0.5, other=9.0)
    log(runs, 2, other=9.0)
    log(runs, 3, loss=0.25)

    assert of(Histories(runs), seen(State.RUNNING)).curve == {1: 0.5, 3: 0.25}


def test_of_a_step_that_was_logged_twice_the_first_value_stays(runs: RunFolder) -> None:
    log(runs, 1, loss=0.5)
    log(runs, 1, loss=0.7)
    log(runs, 1, attempt=2, loss=0.9)

    assert of(Histories(runs), seen(State.RUNNING)).curve == {1: 0.5}


def test_a_trial_that_goes_on_is_read_on(runs: RunFolder) -> None:
    histories = Histories(runs)
    log(runs, 1, loss=0.5)
    of(histories, seen(State.RUNNING))
    log(runs, 2, loss=0.4)

    assert of(histories, seen(State.RUNNING)).curve == {1: 0.5, 2: 0.4}


def test_one_that_was_ended_and_taken_up_again_is_read_on(runs: RunFolder) -> None:
    histories = Histories(runs)
    log(runs, 1, loss=0.5)
    of(histories, seen(State.PRUNED))
    log(runs, 2, attempt=2, loss=0.4)
    kept = of(histories, seen(State.PRUNED))

    assert kept.curve == {1: 0.5}, "what has ended is not read again"
    assert of(histories, seen(State.RUNNING, 2)).curve == {1: 0.5, 2: 0.4}


def test_what_a_pruner_noted_is_given_back(runs: RunFolder) -> None:
    decision = Decision(step=1, value=0.5, prune=False, attributes={"completed_rung_0": 0.5})
    record(runs.trial(TRIAL).attempt(1), decision)

    assert of(Histories(runs), seen(State.RUNNING)).noted == {"completed_rung_0": 0.5}
