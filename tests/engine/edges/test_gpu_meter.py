"""What is made of NVML's answers; the library is one of a few functions here."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.engine.edges import gpu_meter
from orchestrator.engine.edges.gpu_meter import GpuSight, Nvml, NvmlError, Tally, is_of

_NO_PERMISSION, _NOT_SUPPORTED, _TOO_SMALL = 4, 3, 7


class Library:
    """An NVML with GPUs of these names, whose functions may end with results of errors."""

    def __init__(self, *names: str, hidden: int = 0, slices: bool = False, **results: int) -> None:
        self.names, self.hidden, self.slices, self.results = names or ("A",), hidden, slices, results
        self.processes = {7: 100, 8: 200}

    def __getattr__(self, name: str) -> Any:
        if name.endswith("_v3") and "MPS" in name:
            raise AttributeError(name)
        return lambda *given: self.results.get(name) or self.do(name, given) or 0

    def do(self, name: str, given: tuple[Any, ...]) -> int | None:
        if name == "nvmlDeviceGetCount_v2":
            given[0]._obj.value = self.hidden + len(self.names)
        elif name == "nvmlDeviceGetHandleByIndex_v2":
            if given[0] < self.hidden:
                return _NO_PERMISSION
            given[1]._obj.value = 1 + given[0] - self.hidden
        elif name == "nvmlDeviceGetName":
            given[1].value = self.names[given[0].value - 1].encode()
        elif name == "nvmlDeviceGetUUID":
            given[1].value = f"GPU-{given[0].value}abc".encode()
        elif name == "nvmlDeviceGetHandleByUUID":
            given[1]._obj.value = 99
        elif name == "nvmlDeviceGetMigMode":
            given[1]._obj.value = int(self.slices)
        elif name == "nvmlDeviceGetUtilizationRates":
            given[1]._obj.gpu = 40
        elif name == "nvmlDeviceGetComputeRunningProcesses_v3":
            return self.list(*given)
        return None

    def list(self, _gpu: Any, count: Any, room: Any) -> int:
        if len(room) < len(self.processes):
            return _TOO_SMALL
        for place, (process, used) in enumerate(self.processes.items()):
            room[place].pid, room[place].used = process, used
        count._obj.value = len(self.processes)
        return 0


def chosen(library: Library, visible: str | None, *, by_bus: bool = False) -> list[int | None]:
    return [gpu.value for gpu in Nvml(library).gpus(visible, by_bus=by_bus)]


@pytest.mark.parametrize(
    ("library", "visible", "gpus"),
    [
        (Library("A", "A"), "1", [2]),
        (Library("A", "A"), "1,0", [2, 1]),
        (Library("A", "A"), None, [1, 2]),
        (Library("A", hidden=3), "0", [1]),
        (Library("A", "B"), "GPU-2", [2]),
        (Library("A", "B"), "0", []),
        (Library("A", "A"), "GPU-", []),
        (Library("A"), "4", []),
        (Library("A"), "NoDevFiles", []),
        (Library("A", slices=True), "0", []),
        (Library("A", slices=True), "MIG-12", [99]),
    ],
)
def test_which_gpus_are_those_that_a_program_is_shown(
    library: Library, visible: str | None, gpus: list[int]
) -> None:
    assert chosen(library, visible) == gpus


def test_of_different_gpus_a_number_is_known_where_cuda_counts_by_the_bus() -> None:
    assert chosen(Library("A", "B"), "1", by_bus=True) == [2]


def test_a_library_that_fails_is_told_by_its_number() -> None:
    with pytest.raises(NvmlError, match="9"):
        Nvml(Library(nvmlInit_v2=9))


def reading(library: Library) -> GpuSight:
    nvml = Nvml(library)
    return nvml.read(nvml.gpus("0", by_bus=True)[0], lambda process: process == 8)


def test_the_memory_of_the_trial_is_that_of_its_processes() -> None:
    assert (reading(Library()).busy, reading(Library()).own) == (40, 200)


def test_where_nobody_says_how_busy_a_gpu_is_the_memory_is_still_told() -> None:
    found = reading(Library(nvmlDeviceGetUtilizationRates=_NOT_SUPPORTED))

    assert (found.busy, found.own) == (None, 200)


def test_a_driver_that_lists_no_processes_leaves_that_open() -> None:
    assert reading(Library(nvmlDeviceGetComputeRunningProcesses_v3=_NOT_SUPPORTED)).own is None


def test_more_processes_than_expected_are_all_read() -> None:
    library = Library()
    library.processes = dict.fromkeys(range(100, 180), 1) | {8: 5}

    assert reading(library).own == 5


MB = 2**20


def tally(*moments: list[GpuSight]) -> dict[str, Any]:
    counted = Tally()
    for seen in moments:
        counted.add(seen)
    return counted.record()


def test_what_was_seen_is_a_mean_of_how_busy_and_a_peak_of_memory() -> None:
    found = tally([GpuSight(10, 50 * MB, 100 * MB, 30 * MB)], [GpuSight(30, 60 * MB, 100 * MB, 20 * MB)])

    assert found == {"busy": 20, "memory_mb": 30, "of_mb": 100, "own": True, "samples": 2}


def test_of_several_gpus_the_fullest_says_how_much_memory() -> None:
    found = tally([GpuSight(0, 0, 100 * MB, 10 * MB), GpuSight(100, 0, 40 * MB, 8 * MB)])

    assert (found["busy"], found["memory_mb"], found["of_mb"]) == (50, 8, 40)


def test_without_own_processes_it_is_the_memory_of_all() -> None:
    found = tally([GpuSight(None, 60 * MB, 100 * MB, None)])

    assert (found["busy"], found["memory_mb"], found["own"]) == (None, 60, False)


def test_a_process_is_the_trials_by_its_session_or_its_mark() -> None:
    words = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"]
    program = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"MARK": "here"}, start_new_session=True
    )
    with program:
        assert program.stdout is not None
        program.stdout.readline()
        mine = [is_of(program.pid, runner, mark) for runner, mark in ((program.pid, ""), (1, "MARK=here"))]
        other = is_of(program.pid, os.getpid(), "MARK=there")
        program.kill()

    assert (mine, other) == ([True, True], False)


def test_without_the_library_the_program_ends_at_once(tmp_path: Path) -> None:
    (tmp_path / "libnvidia-ml.so.1").write_text("no library")
    command = [sys.executable, "-IS", gpu_meter.__file__, str(os.getpid()), "1", "MARK=x", "1"]
    done = subprocess.run(command, env={"LD_LIBRARY_PATH": str(tmp_path)}, check=False)

    assert done.returncode == gpu_meter.NO_LIBRARY
