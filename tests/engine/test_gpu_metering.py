"""A worker that has the use of its GPU measured: real programs, and an NVML compiled for the test."""

import os
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from orchestrator.engine.attempt import attempt_trials
from orchestrator.engine.gpu_metering import GpuMeter
from orchestrator.engine.worker import Worker
from orchestrator.evidence.edges.provenance import METER
from orchestrator.evidence.evidence import Result
from orchestrator.study.shape import Shape
from orchestrator.study.trial import Trial
from tests.engine.workers import make_worker
from tests.waiting import wait

TASK = """
import os, time
from pathlib import Path
from pydantic import BaseModel


class Params(BaseModel):
    pass


def quick(params: Params, context):
    return {"seed": 0.0}


def told(params: Params, context):
    return {"told": float("ORCHESTRATOR_GPU_METER" in os.environ)}


def compute(params: Params, context):
    Path(os.environ["FAKE_NVML_PIDS"]).write_text(f"{os.getpid()}")
    while b'"own": true' not in Path(os.environ["ORCHESTRATOR_GPU_METER"]).read_bytes():
        time.sleep(0.01)
    return {"seed": 0.0}


def elsewhere(params: Params, context):
    while b"samples" not in Path(os.environ["ORCHESTRATOR_GPU_METER"]).read_bytes():
        time.sleep(0.01)
    return {"seed": 0.0}
"""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Give this program as a worker with a GPU."""
    (tmp_path / "metered.py").write_text(TASK)
    monkeypatch.syspath_prepend(tmp_path)
    return replace(make_worker(tmp_path), shape=Shape(gpus=1))


def result_of(worker: Worker, task: str) -> Result:
    """Return the result of a trial of this task."""
    trial = Trial(
        id="a" * 16, stage="s", task=f"metered.{task}", version=1, params={}, seed=0, needs={}, axes={}
    )
    folder = worker.runs.trial(trial)
    folder.describe(trial)
    folder.attempt(1).mkdir(parents=True)
    attempt_trials(worker, [(trial, 1)])
    result = folder.read_result()
    assert result is not None
    return result


def test_a_result_says_how_its_trial_used_the_gpu(worker: Worker, fake_nvml: Path) -> None:
    found = result_of(worker, "compute").provenance["gpu_use"]

    assert (found["busy"], found["memory_mb"], found["of_mb"], found["own"]) == (18, 3174, 40960, True)


def test_where_no_process_of_the_trial_is_shown_the_memory_is_that_of_the_gpu(
    worker: Worker, fake_nvml: Path
) -> None:
    found = result_of(worker, "elsewhere").provenance["gpu_use"]

    assert (found["memory_mb"], found["own"]) == (9000, False)


def test_a_driver_that_hangs_holds_up_no_trial(
    worker: Worker, fake_nvml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_NVML_HANGS", "yes")

    assert "gpu_use" not in result_of(worker, "quick").provenance


def test_nothing_is_measured_of_a_trial_without_gpus(worker: Worker, fake_nvml: Path) -> None:
    assert result_of(replace(worker, shape=Shape()), "told").metrics == {"told": 0}


def test_a_meter_of_the_shell_around_is_none_of_the_worker(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(METER, "/somebody/elses")
    GpuMeter(replace(worker, shape=Shape()))

    assert METER not in os.environ


def test_without_the_library_nobody_tries_again(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libnvidia-ml.so.1").write_text("no library")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))

    trials = count(1)

    def given_up() -> bool:
        with GpuMeter(worker).on(os.getpid(), tmp_path):
            time.sleep(next(trials) / 10)
        return not worker.gpus_measured

    wait(given_up)
