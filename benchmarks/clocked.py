"""A training that is run for a while: how many pictures a second, and how busy the GPU was meanwhile."""

from __future__ import annotations

import contextlib
import shutil
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from tasks.parts import checkpoint
from tasks.parts.context import FolderContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

# Milliseconds between two looks at the GPU.
LOOK_MS = 200


class Timed:
    """The moments at which a training asked whether to stop, or ended an epoch; the first do not count."""

    def __init__(self, *, warm: int, seconds: float, most: int) -> None:
        self.warm, self.seconds, self.most = warm, seconds, most
        self.count = 0
        self.over = False
        self.began = self.ended = 0.0

    def tick(self) -> bool:
        """Count one more; tell whether it is enough."""
        self.count += 1
        if self.count == self.warm:
            self.began = self.ended = now()
        elif self.count > self.warm:
            self.ended = time.perf_counter()
            counted = self.count - self.warm
            if self.ended - self.began > self.seconds or counted >= self.most:
                self.ended, self.over = now(), True
        return self.over

    @property
    def each(self) -> float:
        """Seconds from one to the next."""
        return (self.ended - self.began) / max(1, self.count - self.warm)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochContext(FolderContext):
    """A context that counts the lines of a log, one for each epoch."""

    timed: Timed

    def log(self, metrics: Mapping[str, float], step: int) -> None:  # noqa: ARG002  as it is called
        """Count an epoch."""
        self.timed.tick()


def now() -> float:
    """Return the time once the GPU has done all that it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


class GpuLoad:
    """What `nvidia-smi` says of the GPU, several times a second, until the program ends."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, float]] = []
        if torch.cuda.is_available() and (tool := shutil.which("nvidia-smi")):
            asked = ("--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", f"-lms={LOOK_MS}")
            program = subprocess.Popen([tool, *asked], stdout=subprocess.PIPE, text=True)
            threading.Thread(target=self._read, args=(program,), daemon=True).start()
            self.stop: Callable[[], None] = program.kill
        else:
            self.stop = _nothing

    def between(self, began: float, ended: float) -> float | None:
        """Return the mean percent between two moments; None where nobody looked."""
        # It tells of up to a second before.
        found = [percent for moment, percent in self.seen if began + 1 <= moment <= ended + 0.2]
        return statistics.fmean(found) if found else None

    def _read(self, program: subprocess.Popen[str]) -> None:
        assert program.stdout is not None
        for line in program.stdout:
            with contextlib.suppress(ValueError):
                self.seen.append((time.perf_counter(), float(line)))


def _nothing() -> None:
    """Leave all as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """A training of which a while is measured."""

    run: Callable[[Any, Any], object]
    params: Any
    needs: Mapping[str, Path]
    by: str  # "steps" or "epochs"
    samples: int  # in a step, or in an epoch
    warm: int  # steps or epochs that do not count


def measured(given: Clocked, root: Path, load: GpuLoad, *, seconds: float, most: int) -> dict[str, float]:
    """Run it for a while; return its speed, how long it waited for data, and how the GPU was used.

    What goes wrong, as where a GPU is too small, is raised.
    """
    timed = Timed(warm=given.warm, seconds=seconds, most=most)
    shared = {"root": root, "data": root, "needs": given.needs}
    if given.by == "epochs":
        context: FolderContext = EpochContext(**shared, timed=timed, stop=lambda: timed.over)
    else:
        context = FolderContext(**shared, stop=timed.tick)
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    with contextlib.suppress(InterruptedError):
        given.run(given.params, context)
    found = {"samples/s": given.samples / timed.each}
    if (busy := load.between(timed.began, timed.ended)) is not None:
        found["GPU busy, %"] = busy
    saved = checkpoint.load(context.checkpoint)
    if saved is not None and saved["state"]["training"]:
        found["waited for data, %"] = 100 * saved["state"]["waited"] / saved["state"]["training"]
    if torch.cuda.is_available():
        found["GPU memory, GB"] = torch.cuda.max_memory_reserved() / 2**30
    shutil.rmtree(root)
    return found
