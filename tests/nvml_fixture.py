"""An NVML of one GPU in C, for programs that load the library themselves."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct process { unsigned pid; unsigned long long used; unsigned gpu, compute; };

int nvmlInit_v2(void) {
    if (getenv("FAKE_NVML_HANGS")) for (;;) pause();
    return 0;
}
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 1; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = device; return 0; }
int nvmlDeviceGetName(void *device, char *text, unsigned length) { strcpy(text, "Fake"); return 0; }
int nvmlDeviceGetUUID(void *device, char *text, unsigned length) { strcpy(text, "GPU-fake"); return 0; }
int nvmlDeviceGetUtilizationRates(void *device, unsigned *rates) { rates[0] = 18; rates[1] = 5; return 0; }
int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *memory) {
    memory[0] = 40960ull << 20; memory[1] = 0; memory[2] = 9000ull << 20;
    return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned *count, struct process *list) {
    FILE *file = fopen(getenv("FAKE_NVML_PIDS"), "r");
    unsigned pid, found = 0;
    while (file && fscanf(file, "%u", &pid) == 1)
        list[found++] = (struct process){pid, 3174ull << 20, -1, -1};
    if (file) fclose(file);
    *count = found;
    return 0;
}
"""


@pytest.fixture
def fake_nvml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every program an NVML; return the file of the processes that it shows on its GPU."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("NOT TESTED: there is no C compiler to make an NVML with")
    folder = tmp_path / "nvml"
    folder.mkdir()
    (folder / "nvml.c").write_text(SOURCE)
    command = [compiler, "-shared", "-fPIC", "-w", "-o", folder / "libnvidia-ml.so.1", folder / "nvml.c"]
    subprocess.run(command, check=True)
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{folder}:{os.environ.get('LD_LIBRARY_PATH', '')}")
    monkeypatch.setenv("FAKE_NVML_PIDS", str(folder / "pids"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    return folder / "pids"
