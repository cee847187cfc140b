"""Our deciding over folders beside plain Optuna, report by report, on a recorded set of curves.

`pruner_curves.json` has the values that 40 trials log, of which four run at once, and who logs next. Whoever
is ended logs nothing more; its place is not taken.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest

from orchestrator.engine.edges.pruner_line import Question
from orchestrator.engine.pruning import Pruning, pruning_of
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.evidence import Claim, Exit, Result
from orchestrator.files.line_file import append_line
from orchestrator.study.searches.edges.optuna_options import made, named
from tests.engine.pruned_fixture import Pruned, make_pruned

RECORDED = json.loads((Path(__file__).parent / "pruner_curves.json").read_text())
PRUNERS: list[Any] = [
    "median",
    {"name": "median", "n_startup_trials": 2, "n_warmup_steps": 3, "interval_steps": 4},
    {"name": "percentile", "percentile": 25.0, "n_min_trials": 3},
    "successive_halving",
    {"name": "successive_halving", "min_resource": 2, "reduction_factor": 2, "bootstrap_count": 2},
    {"name": "successive_halving", "min_resource": 1, "reduction_factor": 3, "min_early_stopping_rate": 1},
    "hyperband",
    {"name": "hyperband", "min_resource": 1, "max_resource": 27, "reduction_factor": 3},
    {"name": "patient", "patience": 2, "wrapped_pruner": None},
    {"name": "patient", "patience": 1, "min_delta": 0.01, "wrapped_pruner": "median"},
    {"name": "threshold", "lower": 0.02, "upper": 0.8, "n_warmup_steps": 1},
    "wilcoxon",
    {"name": "wilcoxon", "p_threshold": 0.3, "n_startup_steps": 4},
]
CASES = [*((one, "minimize") for one in PRUNERS), *((one, "maximize") for one in PRUNERS[1::3])]


def reports() -> Iterator[tuple[int, int, float]]:
    """Yield who logs which value at which step."""
    steps = dict.fromkeys(range(len(RECORDED["curves"])), 0)
    for trial in RECORDED["order"]:
        yield trial, steps[trial], RECORDED["curves"][trial][steps[trial]]
        steps[trial] += 1


def of_optuna(pruner: Any, key: str, direction: str) -> list[tuple[int, int, bool]]:
    """Return what plain Optuna decides of each report, in one study in memory."""
    study = optuna.create_study(study_name=key, direction=direction, pruner=made("pruner", *named(pruner)))
    trials: dict[int, optuna.Trial] = {}
    decided: list[tuple[int, int, bool]] = []
    pruned: set[int] = set()
    for number, step, value in reports():
        if number not in trials:
            trials[number] = study.ask()
        if number in pruned:
            continue
        trials[number].report(value, step)
        decided.append((number, step, bool(trials[number].should_prune())))
        if decided[-1][2]:
            pruned.add(number)
            study.tell(trials[number], state=optuna.trial.TrialState.PRUNED)
        elif step + 1 == len(RECORDED["curves"][number]):
            study.tell(trials[number], value)
    return decided


def begun(search: Pruned, number: int) -> tuple[Pruning, TrialFolder]:
    """Ask for a trial and claim it; return what decides on it, and its folder."""
    search.ask([float(number)])
    trial = search.trial(number + 1)
    folder = search.worker.runs.trial(trial)
    folder.claim(1, Claim(worker="0001-0", job=search.worker.job, host="h", time=1, code="c"))
    search.observer.doubt(trial)
    pruning = pruning_of(search.worker, search.observer, trial, 1)
    assert pruning is not None
    return pruning, folder


def ended(folder: TrialFolder, time: float, value: float | None) -> None:
    """Write down that a trial has ended, with a result or pruned."""
    if value is not None:
        folder.publish_result(Result(metrics={"loss": value}, attempt=1, time=time, seconds=1, code="c"))
    record = Exit(outcome="pruned" if value is None else "done", time=time, seconds=1)
    (folder.attempt(1) / "exit.json").write_text(record.model_dump_json())


def of_ours(search: Pruned) -> list[tuple[int, int, bool]]:
    """Return what is decided over the folders of the search."""
    trials: dict[int, tuple[Pruning, TrialFolder]] = {}
    decided: list[tuple[int, int, bool]] = []
    for moment, (number, step, value) in enumerate(reports()):
        if number not in trials:
            trials[number] = begun(search, number)
        pruning, folder = trials[number]
        if pruning.pruned:
            continue
        append_line(
            folder.attempt(1) / "metrics.jsonl", {"step": step, "time": 1, "metrics": {"loss": value}}
        )
        decided.append((number, step, pruning.word(Question(number=1, step=step, value=value))))
        last = step + 1 == len(RECORDED["curves"][number])
        if pruning.pruned or last:
            ended(folder, moment, None if pruning.pruned else value)
            search.observer.doubt(search.trial(number + 1))
    for pruning, _ in trials.values():
        pruning.line.close()
    return decided


@pytest.mark.parametrize(("pruner", "way"), CASES, ids=str)
@pytest.mark.filterwarnings("ignore")  # Optuna warns of what it calls experimental, and of curves with gaps
def test_every_decision_is_that_of_plain_optuna(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pruner: Any, way: str
) -> None:
    search = make_pruned(tmp_path, monkeypatch, pruner, way=way)
    (opening,) = search.look().plan.openings
    decided = of_ours(search)

    assert any(prune for _, _, prune in decided)
    assert decided == of_optuna(pruner, opening.key, way)
