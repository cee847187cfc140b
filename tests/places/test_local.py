"""What only this machine does as a place; all that places have in common is in test_conformance.py."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from orchestrator.messages.errors import QueueFullError
from orchestrator.places import local
from orchestrator.places.job_log import Launch
from orchestrator.places.local import ThisMachine
from orchestrator.places.program import pid_of, program_name
from orchestrator.study.shape import Shape
from tests.launches import begun
from tests.waiting import wait


@pytest.fixture
def launch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launch]:
    """Give a launch of two workers that want a GPU each; what they run forks and waits for its end."""
    monkeypatch.setattr(local, "_started", [])
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "a,b,c,d")
    (tmp_path / "code/orchestrator/engine").mkdir(parents=True)
    (tmp_path / "code/orchestrator/__init__.py").touch()
    (tmp_path / "code/orchestrator/engine/work.py").write_text(
        "import os, signal\nos.fork()\nsignal.pause()\n"
    )
    launch = begun(tmp_path, cluster="local", shape=Shape(gpus=1), starter=program_name(os.getpid()))
    yield launch
    end(launch)


def end(launch: Launch) -> None:
    """Kill the workers and what they forked, even in this moment: their GPUs would stay taken."""
    while left := list(local._workers({str(launch.folder)})):
        for program in left:
            program.kill()
        time.sleep(0.05)


def gpus_of(job: str) -> str:
    return psutil.Process(pid_of(job)).environ()["CUDA_VISIBLE_DEVICES"]


def test_workers_are_found_again_and_what_they_forked_is_none(launch: Launch, tmp_path: Path) -> None:
    jobs = ThisMachine().start(launch, tmp_path / "code")
    wait(lambda: len(list(local._workers({str(launch.folder)}))) >= 4)

    assert set(ThisMachine().find(launch)) == set(jobs)


def test_a_gpu_is_not_given_to_workers_of_two_launches(launch: Launch, tmp_path: Path) -> None:
    jobs = [job for _ in range(2) for job in ThisMachine().start(launch, tmp_path / "code")]

    assert sorted(map(gpus_of, jobs)) == ["a", "b", "c", "d"]


def test_no_worker_is_started_without_the_gpus_that_it_wants(launch: Launch, tmp_path: Path) -> None:
    for _ in range(2):
        ThisMachine().start(launch, tmp_path / "code")

    assert ThisMachine().count() == 4
    with pytest.raises(QueueFullError, match="0 of 4 GPUs are free here, 2 are wanted"):
        ThisMachine().start(launch, tmp_path / "code")


def test_a_worker_that_starts_others_knows_all_gpus(launch: Launch, tmp_path: Path) -> None:
    (job, _) = ThisMachine().start(launch, tmp_path / "code")
    handed_on = psutil.Process(pid_of(job)).environ()

    assert (handed_on["CUDA_VISIBLE_DEVICES"], handed_on["ORCHESTRATOR_ALL_GPUS"]) == ("a", "a,b,c,d")


@pytest.mark.parametrize(
    ("chosen", "usable"),
    [("0,1", 2), ("GPU-3f2a", 1), ("", 0), ("-1", 0), ("0,-1,1", 1), ("NoDevFiles", 0)],
)
def test_gpus_are_counted_as_cuda_does(chosen: str, usable: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)

    assert ThisMachine().limits().gpus == usable


def test_what_is_told_of_all_gpus_counts_before_the_own_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("ORCHESTRATOR_ALL_GPUS", "0,1")

    assert ThisMachine().limits().gpus == 2


def test_whatever_was_given_is_seen_as_soon_as_a_worker_is_started(launch: Launch, tmp_path: Path) -> None:
    """Popen returns before the kernel shows a program's variables, in about one of five cases."""
    assert launch.intent is not None
    single = replace(launch, intent=launch.intent.model_copy(update={"count": 1}))
    for _ in range(20):
        (job,) = ThisMachine().start(single, tmp_path / "code")
        program = psutil.Process(pid_of(job))
        shown = (program.environ().get("OMP_NUM_THREADS"), str(launch.folder) in program.cmdline())
        program.kill()

        assert shown == (str(Shape().cpus), True)


def test_a_worker_that_ends_at_once_is_not_waited_for(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "code/orchestrator/engine/work.py").write_text("raise SystemExit\n")
    jobs = ThisMachine().start(launch, tmp_path / "code")

    assert len(jobs) == 2


def test_a_worker_waits_for_its_starter_while_that_lives(launch: Launch) -> None:
    assert ThisMachine().started_with(ThisMachine().this_job(), launch) is None
