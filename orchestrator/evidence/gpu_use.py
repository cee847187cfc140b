"""How a trial used the GPUs of its worker, as its result says, and how many like it would fit on one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_SLOTS = 64
"""As a shape allows."""
_MOST_MB = 1e9
"""No GPU has so many megabytes: a result that says so was made by somebody else."""
_FILLED = 0.9
"""Of its time and of its memory trials that share a GPU are to fill so much at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuUse:
    """What was measured while the attempt ran that gave the result."""

    busy: float | None
    """Percent of the time in which a kernel ran, of all trials on the GPU; None where nobody can say."""
    memory: int
    """Megabytes at the peak, on the fullest of its GPUs."""
    of: int
    """Megabytes of that GPU."""
    own: bool
    """Whether it is the memory of the trial's own processes; else that of all on the GPU."""

    @property
    def text(self) -> str:
        """What was measured, as `GPU 18 % busy, 3.1 of 40.0 GB`."""
        busy = "" if self.busy is None else f"GPU {self.busy:.0f} % busy, "
        whose = "" if self.own else " of GPU memory, that of others on it included"
        return f"{busy}{self.memory / 1024:.1f} of {self.of / 1024:.1f} GB{whose}"


def gpu_use(provenance: Mapping[str, Any]) -> GpuUse | None:
    """Return what a result says of its GPUs; None where it does not, or says what cannot be."""
    found = provenance.get("gpu_use")
    if not isinstance(found, dict):
        return None
    busy, memory, of = found.get("busy"), _amount(found.get("memory_mb")), _amount(found.get("of_mb"))
    if memory is None or not of:
        return None
    percent = _amount(busy)
    return GpuUse(
        busy=None if percent is None else min(percent, 100.0),
        memory=int(memory),
        of=int(of),
        own=found.get("own") is True,
    )


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < _MOST_MB else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one trial of several takes of a GPU."""

    busy: float
    """Percent of its time, on average."""
    memory: int
    """Megabytes, of the largest."""
    of: int
    """Megabytes of the smallest GPU."""

    @property
    def slots(self) -> int:
        """So many such trials fill nine tenths of a GPU's time, or of its memory: what is full first."""
        by_time = _FILLED * 100 / self.busy if self.busy else MOST_SLOTS
        by_memory = _FILLED * self.of / self.memory if self.memory else MOST_SLOTS
        return max(1, min(MOST_SLOTS, int(by_time), int(by_memory)))


def load_of(measured: Sequence[tuple[GpuUse, int]]) -> Load | None:
    """Return what one of these trials takes, each given with the slots of its worker; None without any.

    Of a GPU that several trials shared each is taken to have kept it busy for its part of the time.
    """
    told = [(use, use.busy / slots, slots) for use, slots in measured if use.busy is not None]
    if not told:
        return None
    return Load(
        busy=sum(busy for _, busy, _ in told) / len(told),
        memory=max(use.memory if use.own else use.memory // slots for use, _, slots in told),
        of=min(use.of for use, _, _ in told),
    )


def slots_of(provenance: Mapping[str, Any]) -> int:
    """Return how many trials at once ran in the worker that gave a result."""
    found = provenance.get("slots", 1)
    return found if isinstance(found, int) and 0 < found <= MOST_SLOTS else 1
