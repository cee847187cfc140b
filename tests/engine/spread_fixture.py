"""A stand-in for srun: it starts a program once for each node, all of them on this machine."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

SRUN = f"""#!{sys.executable}
import os, subprocess, sys
nodes = int(sys.argv[1].removeprefix("--nodes="))
programs = [
    subprocess.Popen(sys.argv[2:], env={{**os.environ, "NODE": str(node), "SLURM_PROCID": str(node)}})
    for node in range(nodes)
]
sys.exit(max(program.wait() for program in programs))
"""


@pytest.fixture
def spread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let attempts in this program have two nodes; return the folder that holds the stand-in."""
    program = tmp_path / "srun"
    program.write_text(SRUN)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    offer: dict[str, Any] = {"words": [str(program), "--nodes=2"], "variable": "NODE"}
    monkeypatch.setenv("ORCHESTRATOR_NODES", "2")
    monkeypatch.setenv("ORCHESTRATOR_GPUS", "4")
    monkeypatch.setenv("ORCHESTRATOR_NODE_STARTER", json.dumps(offer))
    monkeypatch.setenv("ORCHESTRATOR_ATTEMPT", str(tmp_path / "attempt"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    return tmp_path
