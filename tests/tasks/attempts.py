"""Running the cases of `resume_cases`, with or without interruptions."""

from __future__ import annotations

import importlib
import itertools
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from tasks.data import synthetic
from tasks.parts import seeding
from tasks.parts.context import FolderContext
from tests.tasks.resume_cases import CASES, PICTURES
from tests.tasks.test_tasks import model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

# What tells how far a trial is, whenever there is time to: no part of its outcome.
ON_THE_WAY = {"step", "progress"}


class KilledError(BaseException):
    """The end of an attempt that may save nothing more."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A trial that has come to its end."""

    result: dict[str, float]
    artifacts: Path
    checkpoint: Path
    logged: list[dict[str, float]]
    asked: list[int]  # lines that were logged before each question whether to stop, all attempts in a row
    attempts: int

    @property
    def metrics(self) -> dict[str, float]:
        """What two equal trials have in common."""
        return {name: value for name, value in self.result.items() if not name.startswith("timing_")}


def draw_datasets(folder: Path) -> Path:
    """Draw all datasets with more pictures than a preparation takes before it asks."""
    for name, dataset in synthetic.DATASETS.items():
        (folder / name).mkdir()
        dataset.write(folder / name, PICTURES, 0)
    return folder


def attempted(
    name: str, root: Path, data: Path, needed: Callable[[str], Ended], stops: Iterable[int]
) -> Ended:
    """Run a case to its end; `stops` says at which of its own questions each attempt is stopped.

    At a number below 0 it is killed instead: nothing is saved any more. As in a new process, no attempt finds
    the global generators as the one before it left them.
    """
    case = CASES[name]
    module, function = case.task.rsplit(".", 1)
    needs = {need: needed(other).artifacts for need, other in case.needs.items()}
    params = model(module, function).model_validate(case.params)
    asked: list[int] = []
    left = iter(stops)
    for attempt in itertools.count(1):
        stop = counted(asked, root / "metrics.jsonl", stop_at=next(left, 0))
        context = FolderContext(root=root, data=data, seed=5, needs=needs, stop=stop)
        seeding.seed_all(1000 * len(str(root)) + attempt)
        try:
            with one_thread():
                result = getattr(importlib.import_module(module), function)(params, context)
        except (InterruptedError, KilledError):
            continue
        artifacts, logged = context.artifact("any").parent, lines(root / "metrics.jsonl")
        return Ended(result, artifacts, context.checkpoint, logged, asked, attempt)
    raise AssertionError


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread: sums come out the same however many cores there are."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def counted(asked: list[int], log: Path, stop_at: int) -> Callable[[], bool]:
    """Return what answers yes (or kills) at one question of an attempt, and notes every one in `asked`."""
    numbers = itertools.count(1)

    def stop() -> bool:
        asked.append(len(lines(log)))
        number = next(numbers)
        if number == -stop_at:
            raise KilledError
        return number == stop_at

    return stop


def lines(log: Path) -> list[dict[str, float]]:
    """Return the logged lines that belong to the outcome."""
    logged = [json.loads(line) for line in log.read_text().splitlines()] if log.is_file() else []
    return [line for line in logged if not line.keys() <= ON_THE_WAY]
