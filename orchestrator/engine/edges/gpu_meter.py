"""How busy the GPUs of a trial are and how much of their memory it takes, asked of NVML while it runs.

As a program of its own, `python gpu_meter.py PARENT RUNNER MARK GPUS`, it looks every second and leaves what
it has seen so far at the beginning of its standard output, a file in memory: a driver that hangs holds nobody
else. It imports the standard library alone, and touches no CUDA.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
import time
import zlib
from dataclasses import dataclass
from typing import Any

LIBRARY = "libnvidia-ml.so.1"
NO_LIBRARY = 3
"""The exit code where there is none."""
_PERIOD_S = 1.0
"""NVML tells of the last second at most."""
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_DEAF = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_LONGEST = 96
"""Bytes of a name or a UUID."""
_NOT_TOLD = 2**64 - 1
"""The memory of a process, where the driver does not say."""
_TOO_SMALL = 7
"""NVML_ERROR_INSUFFICIENT_SIZE."""
_MOST = 4096
"""Processes of one GPU that are looked at."""
_LISTS = ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetMPSComputeRunningProcesses")
"""With MPS a program may be in the second list alone."""
_MB = 2**20


class NvmlError(Exception):
    """NVML cannot say something, with its own number of the reason."""


class _Rates(ctypes.Structure):
    _fields_ = (("gpu", ctypes.c_uint), ("memory", ctypes.c_uint))


class _Memory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


class _Process(ctypes.Structure):
    _fields_ = (
        ("pid", ctypes.c_uint),
        ("used", ctypes.c_ulonglong),
        ("gpu_instance", ctypes.c_uint),
        ("compute_instance", ctypes.c_uint),
    )


@dataclass(frozen=True, slots=True)
class GpuSight:
    """What NVML says of one GPU at a moment."""

    busy: int | None
    """Percent of the last moments in which a kernel ran; None where it is not told, as with MIG."""
    used: int
    """Bytes that all programs hold."""
    total: int
    own: int | None
    """Bytes that the trial's processes hold; None where none of them is shown."""


class Nvml:
    """NVIDIA's library for looking at GPUs."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._call("nvmlInit_v2")

    def gpus(self, visible: str | None, *, by_bus: bool) -> list[Any]:
        """Return the GPUs that CUDA shows to a program; empty where that cannot be told.

        `visible` is CUDA_VISIBLE_DEVICES. By number CUDA counts the fastest first, unless it is told to count
        by the bus, as NVML does: of different GPUs nobody knows which a number means.
        """
        there = list(self._there())
        if visible is None:
            return there
        alike = by_bus or len({self._text("nvmlDeviceGetName", gpu) for gpu in there}) < 2
        found = []
        for name in (one.strip() for one in visible.split(",")):
            if name.isdigit():
                if not alike or int(name) >= len(there) or self._in_slices(there[int(name)]):
                    return []
                found.append(there[int(name)])
            elif name.startswith("MIG-"):
                found.append(self._by_uuid(name))
            else:  # CUDA takes the beginning of a UUID, too
                named = [gpu for gpu in there if self._text("nvmlDeviceGetUUID", gpu).startswith(name)]
                if len(named) != 1:
                    return []
                found += named
        return found

    def read(self, gpu: Any, is_own: Any) -> GpuSight:
        """Return what is to be seen of a GPU; `is_own` says of a process whether it is the trial's."""
        memory = _Memory()
        self._call("nvmlDeviceGetMemoryInfo", gpu, ctypes.byref(memory))
        own = [used for process, used in self._processes(gpu).items() if is_own(process)]
        return GpuSight(self._busy(gpu), memory.used, memory.total, sum(own) if own else None)

    def _busy(self, gpu: Any) -> int | None:
        rates = _Rates()
        with contextlib.suppress(NvmlError):
            self._call("nvmlDeviceGetUtilizationRates", gpu, ctypes.byref(rates))
            return int(rates.gpu)
        return None

    def _processes(self, gpu: Any) -> dict[int, int]:
        """Return the processes that compute on a GPU, with the bytes that each holds, where that is told."""
        found: dict[int, int] = {}
        for name in _LISTS:
            for version in ("_v3", "_v2"):
                with contextlib.suppress(NvmlError):
                    for one in self._listed(name + version, gpu):
                        if one.used != _NOT_TOLD:
                            found[one.pid] = max(one.used, found.get(one.pid, 0))
                    break
        return found

    def _listed(self, function: str, gpu: Any) -> list[_Process]:
        room = 64
        while True:
            count, list_ = ctypes.c_uint(room), (_Process * room)()
            try:
                self._call(function, gpu, ctypes.byref(count), list_)
            except NvmlError as error:
                if error.args != (_TOO_SMALL,) or room >= _MOST:
                    raise
                room *= 2
                continue
            return list_[: count.value]

    def _there(self) -> Any:
        """Yield the GPUs that this program may use: a job's control group hides those of others."""
        count = ctypes.c_uint()
        self._call("nvmlDeviceGetCount_v2", ctypes.byref(count))
        for number in range(count.value):
            gpu = ctypes.c_void_p()
            with contextlib.suppress(NvmlError):
                self._call("nvmlDeviceGetHandleByIndex_v2", number, ctypes.byref(gpu))
                yield gpu

    def _by_uuid(self, name: str) -> Any:
        gpu = ctypes.c_void_p()
        self._call("nvmlDeviceGetHandleByUUID", ctypes.c_char_p(name.encode()), ctypes.byref(gpu))
        return gpu

    def _in_slices(self, gpu: Any) -> bool:
        """Say whether a GPU is divided by MIG: a number means one of its parts then."""
        now, later = ctypes.c_uint(), ctypes.c_uint()
        with contextlib.suppress(NvmlError):
            self._call("nvmlDeviceGetMigMode", gpu, ctypes.byref(now), ctypes.byref(later))
        return bool(now.value)

    def _text(self, function: str, gpu: Any) -> str:
        text = ctypes.create_string_buffer(_LONGEST)
        self._call(function, gpu, text, ctypes.c_uint(_LONGEST))
        return text.value.decode(errors="replace")

    def _call(self, function: str, *given: Any) -> None:
        try:
            code = getattr(self._library, function)(*given)
        except AttributeError:
            raise NvmlError("an older library") from None
        if code:
            raise NvmlError(code)


class Tally:
    """What was seen of a trial's GPUs so far."""

    def __init__(self) -> None:
        self._samples = 0
        self._busy_samples, self._busy_sum = 0, 0.0
        self._used: list[int] = []
        self._own: list[int] = []
        self._total: list[int] = []

    def add(self, seen: list[GpuSight]) -> None:
        """Count what all of the GPUs say at one moment."""
        self._samples += 1
        busy = [one.busy for one in seen if one.busy is not None]
        if busy:
            self._busy_samples += 1
            self._busy_sum += sum(busy) / len(busy)
        nothing = [0] * len(seen)
        self._used = [max(pair) for pair in zip(self._used or nothing, [x.used for x in seen], strict=True)]
        self._own = [max(pair) for pair in zip(self._own or nothing, [x.own or 0 for x in seen], strict=True)]
        self._total = [one.total for one in seen]

    def record(self) -> dict[str, Any]:
        """Return the mean of all GPUs, and the memory of the one that it filled most.

        `own` says that it is the memory of the trial's own processes; else it is that of all on the GPU.
        """
        own = any(self._own)
        peaks = self._own if own else self._used
        fullest = max(range(len(peaks)), key=lambda gpu: peaks[gpu] / max(1, self._total[gpu]))
        return {
            "busy": round(self._busy_sum / self._busy_samples, 1) if self._busy_samples else None,
            "memory_mb": peaks[fullest] // _MB,
            "of_mb": self._total[fullest] // _MB,
            "own": own,
            "samples": self._samples,
        }


def line_of(record: dict[str, Any]) -> bytes:
    """Return a record as a line that shows whether it is whole: it is replaced while others read."""
    text = json.dumps(record).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def is_of(process: int, runner: int, mark: str) -> bool:
    """Say whether a process is the trial's: of the runner's session, or with the trial's mark."""
    try:
        if os.getsid(process) == runner:
            return True
        with open(f"/proc/{process}/environ", "rb") as file:  # noqa: PTH123 - as small as it can be
            return os.fsencode(mark) in file.read().split(b"\0")
    except OSError:  # it ended, or belongs to somebody else
        return False


def main() -> None:
    """Look at the GPUs until the worker ends this program, or is gone."""
    parent, runner, mark, asked = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    for number in _DEAF:
        signal.signal(number, signal.SIG_IGN)  # a job's are meant for the worker
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        raise SystemExit(NO_LIBRARY) from None
    by_bus = os.environ.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID"
    with contextlib.suppress(NvmlError):
        nvml = Nvml(library)
        gpus = nvml.gpus(os.environ.get("CUDA_VISIBLE_DEVICES"), by_bus=by_bus)
        tally = Tally()
        while len(gpus) == asked and os.getppid() == parent:
            time.sleep(_PERIOD_S)
            tally.add([nvml.read(gpu, lambda process: is_of(process, runner, mark)) for gpu in gpus])
            os.pwrite(1, line_of(tally.record()), 0)


if __name__ == "__main__":
    main()
