"""Whole searches with a pruner on this machine, typed as a user types them, and killed in the middle."""

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest

from orchestrator.engine.drive import living_workers
from orchestrator.evidence.edges.run_folder import RunFolder
from tests.pruned_search import TRIALS, at_it, chain, digests, ended, files, wrong_of
from tests.toy_fixture import Toy

pytestmark = pytest.mark.slow


def kill_workers(toy: Toy) -> None:
    """Kill every worker of the study at once."""
    for job in living_workers(RunFolder(toy.folder / "runs"), "s"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(job.split(":")[2]), signal.SIGKILL)


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_search_whose_workers_are_killed_twice_loses_no_trial_and_asks_none_twice(
    tmp_path: Path, sampler: str
) -> None:
    toy = chain(tmp_path, sampler=sampler, wait=0.05)
    submit = toy.start("submit", "study.yaml")
    for count in (3, 8):
        toy.wait(lambda count=count: ended(toy) >= count or submit.poll() is not None)
        toy.wait(lambda: at_it(toy) or submit.poll() is not None)
        kill_workers(toy)
    code = submit.wait()

    assert (code, wrong_of(toy)) == (0, [])
    assert len(files(toy, "attempts/002/claim.json")) > 0, "nobody was met in the middle"
    assert len(digests(toy)) < TRIALS, "nobody was pruned"


def test_what_was_pruned_is_trained_to_its_end_by_retry_alone_bit_for_bit(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    toy, whole = chain(tmp_path), chain(tmp_path / "whole", pruner="")
    toy.type("submit", "study.yaml")
    whole.type("submit", "study.yaml")
    pruned = TRIALS - len(digests(toy))
    toy.type("submit", "study.yaml")
    again = TRIALS - len(digests(toy))
    toy.type("retry", "s")
    toy.type("submit", "study.yaml")

    assert 0 < pruned == again
    assert digests(toy) == digests(whole)
    assert {first_step(toy, path) for path in files(toy, "attempts/002")} != {1}, "they began anew"


LISTED = """
study: listed
axes: {{lr: {values}}}
stages:
  table:
    task: chain.train
    over: [lr]
"""


def test_what_was_pruned_is_trained_to_its_end_where_another_study_lists_it(tmp_path: Path) -> None:
    toy = chain(tmp_path)
    toy.type("submit", "study.yaml")
    pruned = TRIALS - len(digests(toy))
    values = [trial["params"]["lr"] for trial in toy.trials("s")]
    (toy.folder / "listed.yaml").write_text(LISTED.format(values=values))
    toy.type("submit", "listed.yaml")

    assert (pruned > 0, len(digests(toy))) == (True, TRIALS)
    assert [len(files(toy, f"attempts/{number:03}")) for number in (1, 2)] == [TRIALS, pruned]


def first_step(toy: Toy, attempt: Path) -> int:
    """Return the first step that an attempt has logged."""
    step: int = json.loads((attempt / "metrics.jsonl").read_text().splitlines()[0])["step"]
    return step


SCRIPT = """
import json, os, pathlib, signal, sys, time

lr, stopped = float(sys.argv[1]), []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
for step in range(1, 2000):
    print(f"step {step} loss={lr / step:.6f}", flush=True)
    if stopped:
        break
    time.sleep(0.05)
pathlib.Path(os.environ["ORCHESTRATOR_CHECKPOINT"], "end").write_text("saved")
"""
COMMAND = """
study: s
stages:
  sweep:
    command: python train.py ${lr}
    metrics: {loss: 'loss=([0-9.]+)'}
    search:
      sampler: random
      trials: 1
      space: {lr: [0.9]}
      objective: {minimize: loss}
      pruner: {name: threshold, upper: 0.5}
"""


BROKEN = """
import sys
print("step 1 loss=0.9")
sys.exit("out of paper")
"""


def test_a_command_that_fails_has_failed_though_its_last_line_would_have_ended_it(toy: Toy) -> None:
    (toy.folder / "train.py").write_text(BROKEN)
    toy.study(COMMAND)
    toy.type("submit", "study.yaml", code=1)
    (trial,) = toy.trials("s")

    assert trial["state"] == "FAILED"


def test_a_command_is_told_to_stop_and_saves(toy: Toy) -> None:
    (toy.folder / "train.py").write_text(SCRIPT)
    toy.study(COMMAND)
    toy.type("submit", "study.yaml")
    (trial,) = toy.trials("s")

    assert trial["state"] == "PRUNED"
    assert (toy.trial_folder(trial["id"]) / "checkpoint/end").read_text() == "saved"
