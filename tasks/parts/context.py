"""What a task is handed: its seed, its folders, a place for its numbers and the question whether to stop."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager


T = TypeVar("T")


class Asked(Protocol):
    """Who is asked whether to stop: the context, or a training loop, which saves before it says yes."""

    def should_stop(self) -> bool:
        """Tell whether to save what is not saved yet, and raise InterruptedError, at this safe point."""


def asking(asked: Asked, batches: Iterable[T]) -> Iterator[T]:
    """Yield each batch of an evaluation, asking before it whether to stop; InterruptedError to stop."""
    for done, batch in enumerate(batches):
        if asked.should_stop():
            raise InterruptedError(f"stopped in an evaluation, after {done} of its batches")
        yield batch


class GatheredTrial(Protocol):
    """One of the finished trials that a need with `all` leads to."""

    @property
    def trial(self) -> str:
        """Its id."""

    @property
    def axes(self) -> Mapping[str, Any]:
        """Its point, and what a search chose where it comes from one."""

    @property
    def artifacts(self) -> Path:
        """Folder of its artifacts."""

    @property
    def metrics(self) -> Mapping[str, float]:
        """Metrics of its result."""


class Context(Asked, Protocol):
    """The whole world as a task sees it."""

    @property
    def seed(self) -> int:
        """The seed of the trial."""

    @property
    def checkpoint(self) -> Path:
        """Folder that survives attempts."""

    @property
    def data(self) -> Path:
        """Folder of the datasets: `lfw/`, `helen/`, `celeba/`, `elfw/`."""

    @property
    def code(self) -> Path:
        """Folder of the project as it was at `submit`, to read from."""

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """Record metrics of a step."""

    def saving(self, step: int) -> AbstractContextManager[None]:
        """Tell that the checkpoint of a step is written meanwhile: how far it got, and what a stop costs."""

    def artifact(self, name: str) -> Path:
        """Path of a file to write, kept with the result."""

    def need(self, name: str) -> Path:
        """Folder of the artifacts of a needed trial."""

    def members(self, name: str) -> Sequence[GatheredTrial]:
        """Trials of a need with `all`, in the order of the plan."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContext:
    """A context over a plain folder, to use a task by hand or in a test."""

    root: Path
    data: Path
    seed: int = 0
    needs: Mapping[str, Path] = field(default_factory=dict)
    gathered: Mapping[str, Sequence[GatheredTrial]] = field(default_factory=dict)
    stop: Callable[[], bool] = _never
    code: Path = field(default_factory=Path.cwd)

    @property
    def checkpoint(self) -> Path:
        """Folder that survives attempts."""
        return _made(self.root / "checkpoint")

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """Append a line to `metrics.jsonl`."""
        with (_made(self.root) / "metrics.jsonl").open("a") as file:
            file.write(json.dumps({"step": step, **metrics}) + "\n")

    def saving(self, _step: int) -> AbstractContextManager[None]:
        """Take note of nothing: nobody waits for it."""
        return nullcontext()

    def logged(self) -> list[dict[str, float]]:
        """Read back what was logged, in order."""
        return [json.loads(line) for line in (self.root / "metrics.jsonl").read_text().splitlines()]

    def artifact(self, name: str) -> Path:
        """Path of a file to write in `artifacts/`."""
        return _made(self.root / "artifacts") / name

    def need(self, name: str) -> Path:
        """Folder given for a need; KeyError if none was given."""
        return self.needs[name]

    def members(self, name: str) -> Sequence[GatheredTrial]:
        """Trials given for a need with `all`; KeyError if none were given."""
        return self.gathered[name]

    def should_stop(self) -> bool:
        """Ask the function given as `stop`."""
        return self.stop()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
