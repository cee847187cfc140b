"""A program `squeue` that a test writes, before the real one on PATH."""

import os
from pathlib import Path

import pytest

from orchestrator.places.slurm import queue


@pytest.fixture
def squeue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the program's file; it does nothing until it is written, and nobody remembers an answer."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(queue, "_memory", queue._Memory())
    program = tmp_path / "squeue"
    program.touch(mode=0o755)
    return program
