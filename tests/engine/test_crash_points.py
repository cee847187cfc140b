"""`kill -9` before and after each step of `submit` and `advance` that touches the world, one after the other.

A forked program carries an audit hook that kills it at its k-th step, k = 1, 2, ... until one comes through.
Whatever it left behind, one more `submit` makes whole: every worker wanted is queued once, and known.
"""

import contextlib
import importlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import main
from orchestrator.places import local
from orchestrator.places.job_log import JobLog
from tests.engine.queue_programs import Queue, make_queue, named_jobs
from tests.toy_fixture import Toy

pytestmark = pytest.mark.slow

for module in (
    "engine.missing_data",
    "engine.submit",
    "study.read",
    "verbs.show",
):  # before the fork, so that each death costs little
    importlib.import_module(f"orchestrator.{module}")
importlib.import_module("submitit")

STUDY = "study: s\naxes: {lr: [0.1, 0.2, 0.3]}\nstages:\n  a: {task: toy.train, over: [lr]}\n"
SUBMIT = ("submit", "study.yaml", "--cluster", "fake.yaml")
STEPS = {
    "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.utime", "os.kill",
    "subprocess.Popen", "os.posix_spawn",
}  # fmt: skip
_COPY = "/code/."
"""Hundreds of files that nobody sees before their folder is renamed; the renaming is a step."""


@pytest.fixture
def queue(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Queue:
    return make_queue(toy, STUDY, monkeypatch)


def is_step(event: str, arguments: tuple[Any, ...], folder: str) -> bool:
    """Say whether an event changes the world below the folder, or starts a program."""
    if event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        return bool(writes) and str(path).startswith(folder) and _COPY not in str(path)
    return event in STEPS and _COPY not in str(arguments[0])


def type_in_fork(
    toy: Toy, words: tuple[str, ...], deadly_step: int | None = None, *, counted_from: str = ""
) -> int:
    """Type a command in a forked program that dies before a step; return its wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        os.chdir(toy.folder)
        sys.path.insert(0, str(toy.folder))
        log = os.open("typed.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115  to the end
        os.environ["VICTIM"] = str(os.getpid())
        sys.argv = ["orchestrator", *words]
        if deadly_step is not None:
            die_before(deadly_step, str(toy.folder), counted_from)
        main()
    except SystemExit as end:
        os._exit(int(end.code or 0))
    finally:
        os._exit(1)


def die_before(step: int, folder: str, counted_from: str) -> None:
    """Kill this program when it is about to take a step, counted from the first that starts a program."""
    taken, counting = 0, not counted_from

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal taken, counting
        if is_step(event, arguments, folder):
            counting = counting or (event == "subprocess.Popen" and counted_from in arguments[1])
            taken += counting
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def deaths(
    toy: Toy, words: tuple[str, ...], afresh: Callable[[], None], *, least: int, counted_from: str = ""
) -> Iterator[int]:
    """Type a command again and again, killed one step later each time, until it comes through."""
    step = 1
    while True:
        afresh()
        status = type_in_fork(toy, words, step, counted_from=counted_from)
        yield step
        if os.WIFEXITED(status):
            assert status == 0, typed(toy)
            assert step > least, "so few steps cannot be all"
            return
        assert os.WTERMSIG(status) == signal.SIGKILL
        step += 1


def typed(toy: Toy) -> str:
    """Return what the forked programs printed."""
    return (toy.folder / "typed.log").read_text()


def check_whole(toy: Toy, queue: Queue) -> None:
    """Check that three workers and a sentinel are queued, each named by one submission, and nothing else."""
    assert queue.kinds(toy) == ["sentinel", "workers", "workers", "workers"]


def test_submit_killed_before_each_of_its_steps(toy: Toy, queue: Queue) -> None:
    def afresh() -> None:
        shutil.rmtree(toy.folder / "runs", ignore_errors=True)
        queue.empty()

    for _ in deaths(toy, SUBMIT, afresh, least=40):
        assert type_in_fork(toy, SUBMIT) == 0, typed(toy)
        check_whole(toy, queue)


def test_advance_killed_before_each_of_its_steps(toy: Toy, queue: Queue) -> None:
    """All jobs are gone from the queue, and whoever starts them again dies too."""
    assert type_in_fork(toy, SUBMIT) == 0, typed(toy)
    (toy.folder / "runs").rename(toy.folder / "kept")

    def afresh() -> None:
        shutil.rmtree(toy.folder / "runs", ignore_errors=True)
        shutil.copytree(toy.folder / "kept", toy.folder / "runs", symlinks=True)
        queue.empty(used=3)

    for _ in deaths(toy, ("advance", "s"), afresh, least=20):
        assert type_in_fork(toy, ("advance", "s")) == 0, typed(toy)
        check_whole(toy, queue)


@pytest.mark.parametrize("call", [1, 2, 3])
def test_killed_after_sbatch_has_queued_and_before_it_says_so(toy: Toy, queue: Queue, call: int) -> None:
    queue.does("after", f"[ $call != {call} ] || kill -9 $VICTIM")
    killed = type_in_fork(toy, SUBMIT)
    again = type_in_fork(toy, SUBMIT)

    assert (os.WTERMSIG(killed), again) == (signal.SIGKILL, 0)
    assert queue.calls() == 3, "what is in the queue already is not queued again"
    check_whole(toy, queue)


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_job_that_arrives_after_its_starter_was_given_up(toy: Toy, queue: Queue, call: int) -> None:
    queue.does(
        "before",
        f"if [ $call = {call} ]; then kill -9 $VICTIM; while [ ! -f late ]; do sleep 0.05; done; fi",
    )
    type_in_fork(toy, SUBMIT)
    assert type_in_fork(toy, SUBMIT) == 0, typed(toy)
    before = len(queue.lines())
    queue.does("late", "")
    toy.wait(lambda: len(queue.lines()) > before)
    assert type_in_fork(toy, ("advance", "s")) == 0, typed(toy)

    assert before == 4
    check_whole(toy, queue)


def test_workers_of_this_machine_whose_starter_is_killed(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.study(STUDY.replace("over: [lr]", "over: [lr], params: {steps: 1000, wait: 0.5}"))
    monkeypatch.setattr(local, "_started", [])
    submit, wanted = ("submit", "study.yaml", "--detach"), min(3, len(os.sched_getaffinity(0)))

    def afresh() -> None:
        end_workers(toy)
        shutil.rmtree(toy.folder / "runs", ignore_errors=True)

    try:
        for _ in deaths(toy, submit, afresh, least=4, counted_from="orchestrator.engine.work"):
            assert type_in_fork(toy, submit) == 0, typed(toy)
            toy.wait(lambda: len(claims(toy)) == wanted)  # whoever began to work has found its name
            toy.wait(lambda: alive(toy) <= {job for _, job in named_jobs(toy)})
            assert len(alive(toy)) == wanted
    finally:
        end_workers(toy)


def test_workers_whose_starter_is_killed_begin_without_another_command(toy: Toy) -> None:
    toy.study(STUDY)
    began = ("submit", "study.yaml", "--detach")
    killed = type_in_fork(toy, began, 2, counted_from="orchestrator.engine.work")
    toy.done("s", 3)

    assert os.WTERMSIG(killed) == signal.SIGKILL


def alive(toy: Toy) -> set[str]:
    """Return the workers of the study that run on this machine, named or not."""
    return set(local.ThisMachine().jobs_of(JobLog(toy.folder / "runs/studies/s").launches()))


def claims(toy: Toy) -> list[Path]:
    return list((toy.folder / "runs").glob("trials/*/*/attempts/*/claim.json"))


def end_workers(toy: Toy) -> None:
    """Kill the study's workers and wait for their end."""
    while jobs := alive(toy):
        for job in jobs:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(job.split(":")[2]), signal.SIGKILL)
        time.sleep(0.05)
