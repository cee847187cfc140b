"""What is asked of nvidia-smi and of MPS: programs of a few lines on PATH."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.doctor.edges import gpu_sharing

SMI = """#!/bin/sh
case "$1" in
-L) cat <<END
GPU 0: NVIDIA A100-SXM4-80GB (UUID: GPU-11)
  MIG 1g.10gb     Device  0: (UUID: MIG-21)
  MIG 3g.40gb     Device  1: (UUID: MIG-22)
GPU 1: NVIDIA A100-SXM4-80GB (UUID: GPU-12)
END
;;
--query-gpu=mig.mode.current,compute_mode) printf 'Enabled, Default\\nDisabled, Exclusive_Process\\n' ;;
--query-gpu=name,compute_cap) printf 'NVIDIA A100-SXM4-80GB, 8.0\nNVIDIA A100-SXM4-80GB, 8.0\n' ;;
*) exit 2 ;;
esac
"""
MPS = "#!/bin/sh\nread asked\n[ $asked = get_server_list ]\n"
NO_MPS = "#!/bin/sh\necho Cannot find MPS control daemon process\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of all programs but those of this interpreter and the shell."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", str(tmp_path))
    return tmp_path


def program(place: Path, name: str, text: str) -> None:
    (place / name).write_text(text)
    (place / name).chmod(0o755)


def test_what_nvidia_smi_says_of_mig_and_modes(place: Path) -> None:
    program(place, "nvidia-smi", SMI)
    found = gpu_sharing.look()

    assert (found["gpus"], found["divided"], found["alone"]) == (2, 1, 1)
    assert found["slices"] == ["1g.10gb", "3g.40gb"]
    assert found["cards"] == [["NVIDIA A100-SXM4-80GB", "8.0"]]


@pytest.mark.parametrize(
    ("text", "pipe", "runs"), [(MPS, True, True), (MPS, False, False), (NO_MPS, True, False)]
)
def test_mps_runs_where_it_has_left_its_pipe_and_answers(
    place: Path, text: str, pipe: bool, runs: bool
) -> None:
    program(place, "nvidia-cuda-mps-control", text)
    if pipe:
        (place / "control").touch()
    found = gpu_sharing.look()

    assert (found["mps"], found["mps_runs"]) == (True, runs)


def test_a_driver_without_nvidia_smi_says_nothing(place: Path) -> None:
    program(place, "nvidia-smi", "#!/bin/sh\nexit 9\n")

    assert gpu_sharing.look()["gpus"] == 0


def test_it_runs_as_a_program_of_its_own(place: Path) -> None:
    program(place, "nvidia-smi", SMI)
    done = subprocess.run([sys.executable, "-IS", gpu_sharing.__file__], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)

    assert found == gpu_sharing.look()
