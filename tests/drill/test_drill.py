"""Drills of small studies, typed as a user types them: a right task, wrong ones, a real training."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.soak.processes import processes_of
from tests.toy_fixture import Toy, make_toy
from tests.waiting import wait

pytestmark = pytest.mark.slow

TASK = """
import json, os, random, time, zlib

from pydantic import BaseModel


class Params(BaseModel):
    wrong: str = ""
    steps: int = 30
    wait: float = 0.02


def load(path, wrong):
    try:
        text = path.read_text()
        state = json.loads(text)
        check = zlib.crc32(json.dumps(state["content"]).encode())
        if wrong not in ("trusting", "in place") and state["check"] != check:
            raise ValueError("its check is wrong")
        return state["content"]
    except FileNotFoundError:
        return None
    except ValueError as error:
        if wrong in ("trusting", "in place"):
            raise
        print("checkpoint", path.name, "is left out:", error)
        return None


def save(folder, content, wrong):
    text = json.dumps({"content": content, "check": zlib.crc32(json.dumps(content).encode())})
    path = folder / ("state.json" if wrong == "in place" else "state.tmp")
    with path.open("w") as file:
        for place in range(0, len(text), 1000):
            file.write(text[place:place + 1000])
            file.flush()
            time.sleep(0.003)
        os.fsync(file.fileno())
    if wrong != "in place":
        if (folder / "state.json").exists():
            (folder / "state.json").replace(folder / "before.json")
        path.replace(folder / "state.json")


def train(params: Params, context) -> dict[str, float]:
    wrong, folder = params.wrong, context.checkpoint
    draw, x, first = random.Random(None if wrong == "unseeded" else context.seed), 1.0, 0
    saved = load(folder / "state.json", wrong) or load(folder / "before.json", wrong)
    if saved and wrong != "ignores its checkpoint":
        x, first, (version, numbers, spare) = saved
        if wrong != "forgets the random state":
            draw.setstate((version, tuple(numbers), spare))
    for step in range(first, params.steps):
        if wrong != "never asks" and context.should_stop():
            raise InterruptedError(f"stopped before step {step}")
        time.sleep(params.wait)
        x -= 0.1 * x * draw.random()
        context.log({"loss": x * x}, step)
        save(folder, (x, step + 1, draw.getstate()), wrong)
    context.artifact("x.json").write_text(json.dumps({"x": x, "timing_end": time.time()}))
    return {"loss": x * x, "timing_end": time.time()}


class Use(BaseModel):
    pass


def use(params: Use, context) -> dict[str, float]:
    return {"x": json.loads((context.need("source") / "x.json").read_text())["x"]}
"""
STUDY = """
study: rehearse
axes: {wrong: ["WRONG"], seed: SEEDS}
stages:
  train: {task: toy.train, over: [wrong, seed]}
  use: {task: toy.use, over: [wrong, seed], needs: {source: train}}
"""
TORCH_TASK = """
import torch
from pydantic import BaseModel

from tasks.parts.training import Loop, lowest

PRELOAD = ("torch", "tasks.parts.training")


class Params(BaseModel):
    epochs: int = 15


def train(params: Params, context) -> dict[str, float]:
    torch.manual_seed(context.seed)
    inputs = torch.randn(64, 8)
    labels = inputs.sum(1, keepdim=True).sin()
    model = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.Dropout(0.2), torch.nn.Linear(64, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loop = Loop(model=model, optimizer=optimizer, context=context, rows=torch.arange(64), batch_size=4,
                max_epochs=params.epochs, keep=lowest("val_loss"), save_minutes=0.0)
    for epoch in loop:
        for rows in epoch:
            loss = (model(inputs[rows]) - labels[rows]).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            epoch.record(loss)
        with torch.no_grad():
            epoch.end({"val_loss": float((model(inputs) - labels).square().mean())})
    torch.save(model.state_dict(), context.artifact("model.pt"))
    return {"val_loss": loop.state.best["val_loss"], "best_epoch": float(loop.state.best_epoch)}
"""
TORCH_STUDY = """
study: real
stages:
  train: {task: learn.train}
"""


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> tuple[Toy, dict[str, Any], str]:
    """Give a right task after a drill of every fault, what it said as JSON and what to the person."""
    toy = make_toy(tmp_path_factory.mktemp("right"), TASK)
    toy.study(STUDY.replace("WRONG", "nothing").replace("SEEDS", "[0, 1, 2]"))
    done = toy.type("drill", "study.yaml", "--json")
    return toy, json.loads(done.stdout), done.stderr


def test_a_right_task_is_equal_after_every_fault(right: tuple[Toy, dict[str, Any], str]) -> None:
    toy, found, told = right
    hit = {
        one["fault"]: [met["hit"] for met in one["trials"] if met["stage"] == "train"]
        for one in found["faults"]
    }
    not_here = {one["fault"] for one in found["faults"] if one["reason"]}

    assert not_here <= {"disk"}  # where nothing may be mounted
    assert hit == {fault: [] if fault in not_here else [True] for fault in hit}
    assert "next: python -m orchestrator submit study.yaml" in told
    assert not (toy.folder / "runs/drill/rehearse").exists()


def test_a_drill_leaves_the_run_folder_alone(right: tuple[Toy, dict[str, Any], str]) -> None:
    assert [path.name for path in (right[0].folder / "runs").iterdir()] == ["drill"]


def test_a_drill_leaves_no_process(right: tuple[Toy, dict[str, Any], str]) -> None:
    wait(lambda: processes_of(right[0].folder) == [])


def test_the_middle_of_a_checkpoint_is_hit(right: tuple[Toy, dict[str, Any], str]) -> None:
    strikes = next(one["trials"][0]["strikes"] for one in right[1]["faults"] if one["fault"] == "kill")

    assert [strike for strike in strikes if "in the middle of writing state.tmp" in strike]


@pytest.mark.parametrize(
    ("wrong", "fault", "told"),
    [
        ("forgets the random state", "stop", "usually random state"),
        ("never asks", "stop", "must ask context.should_stop()"),
        ("ignores its checkpoint", "kill", "does not read it"),
        ("in place", "kill", "written beside and renamed"),
        ("trusting", "corrupt", "needs a digest"),
        ("unseeded", "scheduler", "two undisturbed copies differ as well"),
    ],
)
def test_a_wrong_task_is_found(tmp_path: Path, wrong: str, fault: str, told: str) -> None:
    toy = make_toy(tmp_path, TASK)
    toy.study(STUDY.replace("WRONG", wrong).replace("SEEDS", "[0]"))
    done = toy.type("drill", "study.yaml", "--fault", fault, "--json", code=1)

    assert told in done.stderr
    assert "NOT EQUAL" in done.stderr
    assert not json.loads(done.stdout)["equal"]


def test_a_real_training_is_equal_after_kills_and_damage(toy: Toy) -> None:
    (toy.folder / "learn.py").write_text(TORCH_TASK)
    toy.study(TORCH_STUDY)
    faults = ("kill", "corrupt")
    done = toy.type(
        "drill", "study.yaml", *(word for fault in faults for word in ("--fault", fault)), "--json"
    )
    trials = [one["trials"][0] for one in json.loads(done.stdout)["faults"]]

    assert [trial["hit"] for trial in trials] == [True] * 2
    assert all("checkpoint" in trial["went_on_from"] for trial in trials)


def test_trials_that_are_too_short_are_no_proof(toy: Toy) -> None:
    toy.study("study: short\nstages:\n  use: {task: short.use}\n")
    (toy.folder / "short.py").write_text(
        "from pydantic import BaseModel\n"
        "class P(BaseModel): pass\n"
        "def use(params: P, context): return {'x': 1.0}\n"
    )
    done = toy.type("drill", "study.yaml", "--fault", "stop")

    assert "NOTHING WAS REHEARSED" in done.stderr


def test_a_copy_that_fails_by_itself_is_told(toy: Toy) -> None:
    toy.study("study: bad\nstages:\n  train: {task: toy.train, params: {fail: true}}\n")
    done = toy.type("drill", "study.yaml", code=1)

    assert "nothing was rehearsed: the undisturbed copy ended with 1 trials that are not DONE" in done.stderr


def test_a_misspelt_fault_is_told(toy: Toy) -> None:
    toy.study("study: good\nstages:\n  train: {task: toy.train}\n")

    assert "did you mean `corrupt`?" in toy.type("drill", "study.yaml", "--fault", "corupt", code=2).stderr
