"""Whether GPUs can be used: on each that was asked for a kernel is launched, and what it wrote is read back.

As a program of its own, `python gpu_check.py COUNT driver` or `... COUNT torch`, it prints what it found, and
nothing where all is well. It imports the standard library alone, so that any interpreter can run it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from types import ModuleType

AMD = "/dev/kfd"
"""Where AMD's driver is; CUDA's has no say there."""
LIBRARY = "libcuda.so.1"
_WORDS, _BEFORE, _AFTER = 32, 7, 42
"""The kernel finds one number in every word and leaves another."""
_MAJOR, _MINOR = 75, 76
"""Attributes of a device: its compute capability."""
_NO_COMPILER = {209, 218, 221, 222, 223}
"""Results of cuModuleLoadData that blame the driver's compiler of PTX, which programs with kernels of their
own do without: no binary for this GPU, PTX that is not understood, no compiler there."""
_PTX = """\
.version {version}
.target {target}
.address_size 64
.visible .entry write(.param .u64 where)
{{
    .reg .u64 %place<3>;
    .reg .u32 %number<3>;
    ld.param.u64 %place1, [where];
    cvta.to.global.u64 %place1, %place1;
    mov.u32 %number1, %tid.x;
    mul.wide.u32 %place2, %number1, 4;
    add.u64 %place1, %place1, %place2;
    mov.u32 %number2, {after};
    st.global.u32 [%place1], %number2;
    ret;
}}
"""


_NO_KERNEL = "no kernel image"
"""What CUDA says of a card that a program is not built for."""


class GpuError(Exception):
    """A GPU cannot be used, with what was found."""


class Driver(Protocol):
    """What launches kernels."""

    def count(self) -> int:
        """Return how many GPUs it sees; GpuError when it cannot be asked."""

    def compute(self, number: int, /) -> None:
        """Launch a kernel on a GPU and read its result back; GpuError when that fails or is wrong."""


def trouble(driver: Driver, asked: int) -> str:
    """Return why the GPUs that were asked for cannot be used; empty when they can."""
    try:
        seen = driver.count()
        if seen < asked:
            return f"{seen} of the {asked} GPUs that were asked for can be seen"
        for number in range(asked):
            driver.compute(number)
    except GpuError as error:
        return str(error)
    return ""


class Cuda:
    """NVIDIA's driver, asked without any other library."""

    def __init__(self, library: Any = None) -> None:
        self._library = library

    def count(self) -> int:
        """Return how many GPUs the driver gives to this program."""
        if self._library is None:
            try:
                self._library = ctypes.CDLL(LIBRARY)
            except OSError as error:
                raise GpuError(f"there is no driver: {error}") from error
        number = ctypes.c_int()
        self._call("cuInit", 0)
        self._call("cuDeviceGetCount", ctypes.byref(number))
        return number.value

    def compute(self, number: int) -> None:
        """Set memory of a GPU, let a kernel change it, and read both back."""
        device, context = ctypes.c_int(), ctypes.c_void_p()
        self._call("cuDeviceGet", ctypes.byref(device), number, gpu=number)
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device, gpu=number)
        self._call("cuCtxSetCurrent", context, gpu=number)
        memory = ctypes.c_uint64()
        self._call("cuMemAlloc_v2", ctypes.byref(memory), ctypes.c_size_t(4 * _WORDS), gpu=number)
        self._call("cuMemsetD32_v2", memory, ctypes.c_uint(_BEFORE), ctypes.c_size_t(_WORDS), gpu=number)
        self._expect(memory, _BEFORE, number)
        kernel = self._kernel(device, number)
        if kernel is not None:
            given = (ctypes.c_void_p * 1)(ctypes.cast(ctypes.byref(memory), ctypes.c_void_p))
            size = (1, 1, 1, _WORDS, 1, 1, 0)
            self._call("cuLaunchKernel", kernel, *size, None, given, None, gpu=number)
            self._expect(memory, _AFTER, number)

    def _kernel(self, device: ctypes.c_int, number: int) -> ctypes.c_void_p | None:
        """Return the kernel; None where the driver has no compiler for it."""
        major, minor = ctypes.c_int(), ctypes.c_int()
        self._call("cuDeviceGetAttribute", ctypes.byref(major), _MAJOR, device, gpu=number)
        self._call("cuDeviceGetAttribute", ctypes.byref(minor), _MINOR, device, gpu=number)
        version, target = ("4.0", "sm_50") if major.value >= 5 else ("3.2", "sm_30")
        text = _PTX.format(version=version, target=target, after=_AFTER).encode()
        module, kernel = ctypes.c_void_p(), ctypes.c_void_p()
        if self._library.cuModuleLoadData(ctypes.byref(module), ctypes.c_char_p(text)) in _NO_COMPILER:
            return None
        self._call("cuModuleLoadData", ctypes.byref(module), ctypes.c_char_p(text), gpu=number)
        self._call("cuModuleGetFunction", ctypes.byref(kernel), module, ctypes.c_char_p(b"write"), gpu=number)
        return kernel

    def _expect(self, memory: ctypes.c_uint64, wanted: int, gpu: int) -> None:
        words = (ctypes.c_uint * _WORDS)()
        self._call("cuCtxSynchronize", gpu=gpu)
        self._call("cuMemcpyDtoH_v2", words, memory, ctypes.c_size_t(4 * _WORDS), gpu=gpu)
        if any(word != wanted for word in words):
            raise GpuError(f"GPU {gpu} computes wrong numbers: {words[0]} instead of {wanted}")

    def _call(self, name: str, *given: Any, gpu: int | None = None) -> None:
        code = getattr(self._library, name)(*given)
        if code:
            where = "" if gpu is None else f"GPU {gpu}: "
            raise GpuError(f"{where}{name} ended with {self._said(code)}")

    def _said(self, code: int) -> str:
        """Return the driver's own words for a result."""
        text = ctypes.c_char_p()
        known = self._library.cuGetErrorString(code, ctypes.byref(text)) == 0 and text.value
        return f"{code}: {text.value.decode()}" if known and text.value else str(code)


class Torch:
    """PyTorch, of CUDA or ROCm alike."""

    def __init__(self, torch: ModuleType) -> None:
        self._torch = torch

    def count(self) -> int:
        """Return how many GPUs torch sees."""
        torch = self._torch
        if not (torch.version.cuda or getattr(torch.version, "hip", None)):
            raise GpuError(f"torch {torch.__version__} is built without CUDA")
        if not torch.cuda.device_count():
            torch_says = ""
            try:
                torch.cuda.init()
            except Exception as error:  # whatever the driver makes of it
                torch_says = f": {_first_line(error)}"
            raise GpuError(f"torch {torch.__version__} sees no GPU{torch_says}")
        return int(torch.cuda.device_count())  # it says 0 of whatever goes wrong, and warns

    def compute(self, number: int) -> None:
        """Let torch add on a GPU, and read the sum back."""
        torch = self._torch
        try:
            ones = torch.ones(_WORDS, device=f"cuda:{number}")
            found = float((ones + ones).sum().item())
        except Exception as error:
            text = f"GPU {number}: torch {torch.__version__}: {_first_line(error)}"
            raise GpuError(text + self._unfit(text, number)) from error
        if found != 2 * _WORDS:
            raise GpuError(f"GPU {number} computes wrong numbers: {found} instead of {2 * _WORDS}")

    def _unfit(self, text: str, number: int) -> str:
        """Return for which cards torch is built, where it has no kernel for this one."""
        if _NO_KERNEL not in text:
            return ""
        torch = self._torch
        major, minor = torch.cuda.get_device_capability(number)
        return (
            f"; {torch.cuda.get_device_name(number)} has compute capability {major}.{minor}, "
            f"this torch is built for {' '.join(torch.cuda.get_arch_list())}"
        )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def driver_trouble(asked: int) -> str:
    """Return what NVIDIA's driver makes of the GPUs; nothing where they are AMD's."""
    if os.path.exists(AMD) and not _has_library():  # noqa: PTH110 - the standard library's shortest way
        return ""
    return trouble(Cuda(), asked)


def _has_library() -> bool:
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


def torch_trouble(asked: int, torch: ModuleType) -> str:
    """Return what torch makes of the GPUs."""
    return trouble(Torch(torch), asked)


def main() -> None:
    """Say what was found; the exit code is 0 when it could be looked at."""
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a job's are meant for whoever started this
    asked, how = int(sys.argv[1]), sys.argv[2]
    if how == "torch":
        import torch

        sys.stdout.write(torch_trouble(asked, torch))
    else:
        sys.stdout.write(driver_trouble(asked))


if __name__ == "__main__":
    main()
