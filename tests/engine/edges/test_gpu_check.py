"""What is said of GPUs that can and cannot be used; the driver is a library of a few functions here."""

import subprocess
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from orchestrator.engine.edges import gpu_check
from orchestrator.engine.edges.gpu_check import Cuda, Torch, trouble


class Library:
    """A libcuda of so many GPUs, whose functions may end with results of errors."""

    def __init__(self, gpus: int = 1, *, no_kernels: bool = False, **results: int) -> None:
        self.gpus, self.no_kernels, self.results = gpus, no_kernels, results
        self.word = 0
        self.source = b""

    def __getattr__(self, name: str) -> Any:
        return lambda *given: self.results.get(name) or self.do(name, given) or 0

    def do(self, name: str, given: tuple[Any, ...]) -> int | None:
        if name == "cuDeviceGetCount":
            given[0]._obj.value = self.gpus
        elif name == "cuDeviceGetAttribute":
            given[0]._obj.value = 9
        elif name == "cuMemsetD32_v2":
            self.word = given[1].value
        elif name == "cuModuleLoadData":
            self.source = given[1].value
        elif name == "cuLaunchKernel" and not self.no_kernels:
            self.word = 42
        elif name == "cuMemcpyDtoH_v2":
            given[0][:] = [self.word] * len(given[0])
        elif name == "cuGetErrorString":
            given[1]._obj.value = b"said the driver"
        return None


@pytest.mark.parametrize(
    ("library", "found"),
    [
        (Library(2), ""),
        (Library(3), ""),
        (Library(1), "1 of the 2 GPUs that were asked for can be seen"),
        (Library(cuInit=100), "cuInit ended with 100: said the driver"),
        (
            Library(2, cuDevicePrimaryCtxRetain=46),
            "GPU 0: cuDevicePrimaryCtxRetain ended with 46: said the driver",
        ),
        (Library(2, cuLaunchKernel=719), "GPU 0: cuLaunchKernel ended with 719: said the driver"),
        (Library(2, no_kernels=True), "GPU 0 computes wrong numbers: 7 instead of 42"),
        (Library(2, cuModuleLoadData=200), "GPU 0: cuModuleLoadData ended with 200: said the driver"),
    ],
)
def test_what_the_driver_tells(library: Library, found: str) -> None:
    assert trouble(Cuda(library), 2) == found


def test_a_driver_without_a_compiler_is_none_that_fails() -> None:
    assert trouble(Cuda(Library(cuModuleLoadData=221, cuLaunchKernel=1)), 1) == ""


def test_the_kernel_is_of_a_form_that_the_gpu_takes() -> None:
    library = Library()
    trouble(Cuda(library), 1)

    assert library.source.startswith(b".version 4.0\n.target sm_50\n")
    assert b"mov.u32 %number2, 42;" in library.source


def test_a_missing_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_check, "LIBRARY", "libthere-is-none.so.1")

    assert trouble(Cuda(), 1).startswith("there is no driver: libthere-is-none.so.1: cannot open")


class Numbers(list[float]):
    """As many of a tensor's ways as the check takes."""

    def __add__(self, other: Any) -> "Numbers":
        return Numbers(map(sum, zip(self, other, strict=True)))

    def sum(self) -> SimpleNamespace:
        return SimpleNamespace(item=lambda: sum(self))


def make_torch(
    gpus: int = 2, error: str = "", cuda: str | None = "13.2", hip: str | None = None
) -> ModuleType:
    """Return what the check uses of torch."""

    def fail(*_: object) -> None:
        if error:
            raise RuntimeError(f"{error}\nmore lines")

    def ones(count: int, device: str) -> Numbers:
        fail()
        return Numbers([1.0] * count)

    torch: Any = ModuleType("torch")
    torch.__version__, torch.ones = "2.9", ones
    torch.version = SimpleNamespace(cuda=cuda, hip=hip)
    torch.cuda = SimpleNamespace(
        device_count=lambda: gpus,
        init=fail,
        is_initialized=lambda: False,
        get_device_capability=lambda _: (7, 0),
        get_device_name=lambda _: "Tesla V100",
        get_arch_list=lambda: ["sm_75", "sm_80"],
    )
    return torch  # type: ignore[no-any-return]


NO_KERNEL = "CUDA error: no kernel image is available"
UNFIT = "Tesla V100 has compute capability 7.0, this torch is built for sm_75 sm_80"


@pytest.mark.parametrize(
    ("torch", "found"),
    [
        (make_torch(), ""),
        (make_torch(cuda=None, hip="6.4"), ""),
        (make_torch(gpus=1), "1 of the 2 GPUs that were asked for can be seen"),
        (make_torch(cuda=None), "torch 2.9 is built without CUDA"),
        (make_torch(gpus=0, error="Found no NVIDIA driver"), "torch 2.9 sees no GPU: Found no NVIDIA driver"),
        (
            make_torch(error=NO_KERNEL),
            f"GPU 0: torch 2.9: {NO_KERNEL}; {UNFIT}",
        ),
    ],
)
def test_what_torch_tells(torch: ModuleType, found: str) -> None:
    assert trouble(Torch(torch), 2) == found


def test_any_interpreter_can_be_asked_without_the_engine() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", gpu_check.__file__, "1000", "driver"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout  # no machine has so many
    assert not done.stderr
