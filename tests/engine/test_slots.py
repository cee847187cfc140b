"""Workers that run several trials at once, as a user has them."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.toy_fixture import Toy, make_toy

pytestmark = pytest.mark.slow

SHARED = """
study: shared
axes: {lr: [0.1, 0.2, 0.4]}
shapes: {several: {slots: 3, workers: 1}}
stages:
  train: {task: toy.train, over: [lr], shape: several, params: {steps: 3, held: true}}
"""


def claims(toy: Toy) -> list[dict[str, str]]:
    """Return who has claimed the newest attempt of each trial."""
    folders = [toy.trial_folder(trial["id"]) for trial in toy.trials("shared")]
    return [json.loads(max(folder.glob("attempts/*/claim.json")).read_text()) for folder in folders]


@pytest.fixture
def started(tmp_path: Path) -> Toy:
    """Give a study whose three trials are at work at once, in the slots of one worker."""
    toy = make_toy(tmp_path)
    toy.study(SHARED)
    toy.start("submit", "study.yaml")
    toy.saved(3)
    return toy


def test_one_worker_runs_as_many_trials_at_once_as_it_has_slots(started: Toy) -> None:
    taken = claims(started)
    started.let_go()
    started.done("shared", 3)

    assert {claim["worker"] for claim in taken} == {"0001-0.0", "0001-0.1", "0001-0.2"}
    assert len({claim["job"] for claim in taken}) == 1


def test_a_result_says_that_it_shared_its_worker(started: Toy) -> None:
    started.let_go()
    started.done("shared", 3)

    shared = [started.result(trial["id"])["provenance"]["slots"] for trial in started.trials("shared")]
    assert shared == [3, 3, 3]


def test_all_trials_of_a_worker_that_is_stopped_save_themselves(started: Toy) -> None:
    started.type("cancel", "shared")
    started.wait(lambda: started.json("status", "shared")["states"] == {"CANCELLED": 3})

    exits = [
        started.trial_folder(trial["id"]) / "attempts/001/exit.json" for trial in started.trials("shared")
    ]
    assert {json.loads(file.read_text())["outcome"] for file in exits} == {"interrupted"}


def test_when_a_slot_dies_all_trials_go_on_elsewhere(started: Toy) -> None:
    job = claims(started)[0]["job"]
    leader = int(job.split(":")[2])
    slots = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    os.kill(int(slots[0]), signal.SIGKILL)
    started.wait(lambda: job not in {claim["job"] for claim in claims(started)})
    started.let_go()
    started.done("shared", 3)

    assert [started.result(trial["id"])["attempt"] for trial in started.trials("shared")] == [2, 2, 2]
