import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestrator.places import local
from orchestrator.places.job_log import Entry, Intent, JobLog
from orchestrator.study.shape import Shape


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """Give a submission of two workers that want a GPU each; what they run waits for its end."""
    monkeypatch.setattr(local, "_started", [])
    (tmp_path / "code/orchestrator/engine").mkdir(parents=True)
    (tmp_path / "code/orchestrator/__init__.py").touch()
    (tmp_path / "code/orchestrator/engine/worker.py").write_text(
        "import os, signal\nos.fork()\nsignal.pause()\n"
    )
    intent = Intent(
        token="t",  # noqa: S106 - a job name
        cluster="local",
        kind="workers",
        shape=Shape(gpus=1),
        count=2,
        code="c",
        starter=local.job_name(os.getpid()),
        time=0,
    )
    begun = JobLog(tmp_path).begin(1, intent)
    assert begun is not None
    return begun


def gpus_of(job: str) -> str:
    words = Path(f"/proc/{job.split(':')[2]}/environ").read_text().split("\0")
    return next(word.partition("=")[2] for word in words if word.startswith("CUDA_VISIBLE_DEVICES="))


def test_workers_are_found_again_and_what_they_forked_is_none(entry: Entry, tmp_path: Path) -> None:
    jobs = local.LocalCluster().start(entry, tmp_path / "code")
    try:
        patience = time.monotonic() + 30
        while len(local._workers(str(entry.folder))) < 4:
            assert time.monotonic() < patience
            time.sleep(0.05)
        assert set(local.LocalCluster().find(entry)) == set(jobs)
    finally:
        end(entry)


def test_a_gpu_is_not_given_to_workers_of_two_submissions(
    entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "a,b,c,d")
    cluster = local.LocalCluster()
    try:
        jobs = cluster.start(entry, tmp_path / "code") + cluster.start(entry, tmp_path / "code")
        assert sorted(gpus_of(job) for job in jobs) == ["a", "b", "c", "d"]
    finally:
        end(entry)


def end(entry: Entry) -> None:
    """Kill the workers and what they forked, even in this moment: their GPUs would stay taken."""
    while left := local._workers(str(entry.folder)):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        time.sleep(0.05)


def test_a_program_that_is_gone_is_not_alive() -> None:
    program = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    job = local.job_name(program.pid)
    before = local.is_alive(job)
    program.communicate()

    assert (before, local.is_alive(job)) == (True, False)


def test_a_program_that_was_gone_when_it_was_named_is_dead() -> None:
    assert local.is_alive(local.job_name(2**22)) is False  # numbers of programs are below
