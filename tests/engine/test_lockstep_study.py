"""Whole studies whose trials are trained in lockstep on this machine, typed as a user types them."""

import contextlib
import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from orchestrator.engine.drive import living_workers
from orchestrator.evidence.edges.run_folder import RunFolder
from tests.lockstep_task import digests, in_lockstep, outcomes, programs, results
from tests.toy_fixture import Toy

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[float]:
    """Give what the trials give when each is trained alone."""
    toy = in_lockstep(tmp_path_factory.mktemp("alone"), lockstep=1)
    toy.type("submit", "study.yaml")
    return digests(toy)


@pytest.mark.parametrize(("lockstep", "expected"), [(5, [5]), (3, [2, 3]), (1, [1] * 5)])
def test_so_many_are_trained_by_one_program(
    tmp_path: Path, alone: list[float], lockstep: int, expected: list[int]
) -> None:
    toy = in_lockstep(tmp_path, lockstep=lockstep)
    toy.type("submit", "study.yaml")

    assert (programs(toy), digests(toy)) == (expected, alone)


def test_results_say_with_how_many_they_were_trained(tmp_path: Path) -> None:
    toy = in_lockstep(tmp_path, lockstep=4)
    toy.type("submit", "study.yaml")

    assert [result["provenance"].get("lockstep", 1) for result in results(toy)] == [4, 4, 4, 4, 1]


def test_each_has_the_log_of_the_program_that_trained_it(tmp_path: Path) -> None:
    toy = in_lockstep(tmp_path)
    toy.type("submit", "study.yaml")
    last = toy.trials("s")[-1]["id"]

    assert "trained to the end: 0.5" in toy.type("logs", last).stdout


def test_one_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    toy = in_lockstep(tmp_path)
    text = (toy.folder / "study.yaml").read_text()
    over = "over: [lr, fail], exclude: [{lr: [0.1, 0.2, 0.4, 0.5], fail: true}]"
    toy.study(text.replace("over: [lr]", over).replace("axes: {", "axes: {fail: [false, true], "))
    toy.type("submit", "study.yaml", code=None)

    assert toy.json("status", "s")["states"] == {"DONE": 5, "FAILED": 1}


def test_where_training_together_fails_they_go_on_alone(tmp_path: Path, alone: list[float]) -> None:
    toy = in_lockstep(tmp_path)
    text = (toy.folder / "study.yaml").read_text()
    toy.study(text.replace("params: {", "params: {clumsy: true, "))
    toy.type("submit", "study.yaml")

    assert (digests(toy), outcomes(toy)) == (alone, ["done"] * 5)
    assert [result["provenance"].get("lockstep") for result in results(toy)] == [None] * 5


def test_a_task_that_yields_a_wrong_place_is_told_in_the_log(tmp_path: Path, alone: list[float]) -> None:
    toy = in_lockstep(tmp_path)
    task = toy.folder / "chain.py"
    task.write_text(
        task.read_text().replace("yield place, chain.result()", "yield place + 9, chain.result()")
    )
    toy.type("submit", "study.yaml")
    first = toy.trials("s")[0]["id"]

    assert digests(toy) == alone
    assert "`chain.train_together` yielded place 9; those that have not ended: 0, 1, 2, 3, 4" in (
        toy.type("logs", first).stdout
    )


def begun(toy: Toy) -> bool:
    """Say whether all trials have saved a step."""
    return len(list((toy.folder / "runs").glob("trials/*/*/checkpoint/state.json"))) == 5


def test_a_worker_that_is_killed_twice_costs_no_step_of_any(tmp_path: Path, alone: list[float]) -> None:
    toy = in_lockstep(tmp_path, wait=0.1)
    submit = toy.start("submit", "study.yaml")
    for attempt in (1, 2):
        claims = f"trials/*/*/attempts/{attempt:03}/claim.json"
        toy.wait(lambda claims=claims: len(list((toy.folder / "runs").glob(claims))) == 5 and begun(toy))
        for job in living_workers(RunFolder(toy.folder / "runs"), "s"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(job.split(":")[2]), signal.SIGKILL)
    code = submit.wait()

    assert (code, digests(toy), steps_twice(toy)) == (0, alone, 0)


def steps_twice(toy: Toy) -> int:
    """Return how many steps were logged more than once."""
    lines = Counter[tuple[str, int]]()
    for file in (toy.folder / "runs").glob("trials/*/*/attempts/*/metrics.jsonl"):
        for line in file.read_text().splitlines():
            lines[file.parts[-4], json.loads(line)["step"]] += 1
    return sum(count > 1 for count in lines.values())


def test_when_one_is_cancelled_the_others_go_on_together(tmp_path: Path, alone: list[float]) -> None:
    toy = in_lockstep(tmp_path, held=True)
    submit = toy.start("submit", "study.yaml")
    toy.wait(lambda: begun(toy))
    first = toy.trials("s")[0]["id"]
    toy.type("cancel", "s", first)
    toy.wait(lambda: len(list((toy.folder / "runs").glob("trials/*/*/attempts/001/exit.json"))) == 5)
    toy.let_go()
    submit.wait()

    assert toy.json("status", "s")["states"] == {"CANCELLED": 1, "DONE": 4}
    assert [toy.result(one["id"])["metrics"]["digest"] for one in toy.trials("s")[1:]] == alone[1:]


PRUNED = """
study: s
shapes: {{joint: {{lockstep: {lockstep}, workers: 1}}}}
stages:
  sweep:
    task: chain.train
    shape: joint
    search:
      sampler: random
      trials: 8
      parallel: 4
      space: {{lr: {{low: 0.1, high: 1.0}}}}
      objective: {{minimize: loss}}
      pruner: {{name: threshold, upper: 0.3, n_warmup_steps: 2}}
"""


def states(toy: Toy, lockstep: int) -> list[str]:
    """Return what became of the trials of a search whose pruner looks at each by itself."""
    toy.study(PRUNED.format(lockstep=lockstep))
    toy.type("submit", "study.yaml")
    return [trial["state"] for trial in toy.trials("s")]


def test_a_pruner_ends_those_alone_that_it_would_have_ended(tmp_path: Path) -> None:
    for name in ("alone", "together"):
        (tmp_path / name).mkdir()
    alone = states(in_lockstep(tmp_path / "alone"), 1)
    together = states(in_lockstep(tmp_path / "together"), 4)

    assert set(alone) == {"DONE", "PRUNED"}
    assert together == alone
