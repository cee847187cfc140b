"""A worker that looks at its GPUs: real programs, and a torch of a few lines where it forks."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.engine.gpu_look import _answer, gpu_trouble
from orchestrator.engine.worker import Worker
from orchestrator.study.shape import Shape
from tests.engine.edges.test_gpu_check import make_torch
from tests.engine.workers import make_worker
from tests.toy_fixture import Toy

MANY = Shape(gpus=1000)
"""No machine has so many."""


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    return replace(make_worker(tmp_path), shape=MANY)


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)


def test_the_driver_of_this_machine_is_asked_by_a_program_of_its_own(worker: Worker, no_torch: None) -> None:
    assert gpu_trouble(worker)


def test_who_asks_for_no_gpu_looks_at_none(worker: Worker, no_torch: None) -> None:
    assert gpu_trouble(replace(worker, shape=Shape())) == ""


def test_a_profile_may_say_that_nobody_looks(worker: Worker, no_torch: None) -> None:
    profile = worker.submission.profile.model_copy(update={"check_gpus": False})
    submission = worker.submission.model_copy(update={"profile": profile})

    assert gpu_trouble(replace(worker, submission=submission)) == ""


@pytest.mark.parametrize(
    ("gpus", "found"), [(1000, ""), (2, "2 of the 1000 GPUs that were asked for can be seen")]
)
def test_a_torch_that_was_imported_is_asked_in_a_fork(
    worker: Worker, gpus: int, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", make_torch(gpus))

    assert gpu_trouble(worker) == found


def answer(worker: Worker, code: str, patience_s: float = 60) -> str:
    """Return what is made of a look that is a program of this text."""
    reading, writing = os.pipe()
    look = subprocess.Popen([sys.executable, "-c", code], stdout=writing)
    os.close(writing)
    try:
        return _answer(worker, look.pid, reading, patience_s)
    finally:
        os.close(reading)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("", ""),
        ("print('it is gone', end='')", "it is gone"),
        ("import os; os.kill(os.getpid(), 11)", "the look at them was killed by signal 11"),
        ("raise SystemExit(3)", "the look at them ended with exit code 3, see the worker's log"),
    ],
)
def test_what_is_made_of_a_look(worker: Worker, code: str, found: str) -> None:
    assert answer(worker, code) == found


def test_a_driver_that_hangs_is_broken(worker: Worker) -> None:
    found = answer(worker, "import signal; signal.pause()", patience_s=0.1)

    assert found == "the look at them did not end within 0.1 s: the driver hangs"


def test_a_worker_that_has_to_stop_looks_no_further(worker: Worker) -> None:
    worker.stop()

    assert answer(worker, "import signal; signal.pause()") == ""


STUDY = """
study: s
axes: {seed: [0, 1]}
shapes: {gpu: {gpus: 1}}
stages:
  train: {task: %s, over: [seed], shape: gpu}
"""
TORCH = """
from types import SimpleNamespace as Some

__version__, version = "2.9", Some(cuda="13.2", hip=None)
class Number(float):
    def sum(self): return Some(item=lambda: self)
def ones(count, device): return type("Ones", (), {"__add__": lambda *_: Number(2 * count)})()
cuda = Some(is_initialized=lambda: False, device_count=lambda: 1)
"""


@pytest.fixture
def pretended(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """Give a folder, on a machine whose user says that there is a GPU."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-that-is-not-there")
    toy.study(STUDY % "toy.train")
    return toy


def test_a_gpu_that_cannot_be_used_trains_nothing_and_is_told(pretended: Toy) -> None:
    """It was trained on the CPU without a word."""
    told = pretended.type("submit", "study.yaml", code=1).stderr

    assert "gpu_failure: no worker with 1 GPU could use what it asked for: on " in told
    assert "submit" in told
    assert "--cpu" in told
    assert not list((pretended.folder / "runs").glob("trials/*/*"))
    assert "workers could not use their GPUs on " in pretended.type("status", "s").stderr


def test_a_gpu_that_can_be_used_is(pretended: Toy) -> None:
    (pretended.folder / "torch.py").write_text(TORCH)
    (pretended.folder / "warm.py").write_text("from toy import Params, train\nPRELOAD = ('torch',)\n")
    pretended.study(STUDY % "warm.train")
    pretended.type("submit", "study.yaml")

    assert pretended.json("status", "s")["states"] == {"DONE": 2}
