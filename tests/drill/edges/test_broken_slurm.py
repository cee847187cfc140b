import subprocess
from pathlib import Path

import pytest

from orchestrator.drill.edges.broken_slurm import BrokenSlurm


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BrokenSlurm:
    """Give programs in front of a `squeue` that says what it was asked."""
    real = tmp_path / "real"
    real.mkdir()
    (real / "squeue").write_text('#!/bin/sh\necho "asked $@"\n')
    (real / "squeue").chmod(0o755)
    monkeypatch.setenv("PATH", f"{real}:/usr/bin:/bin")
    return BrokenSlurm(tmp_path / "it's broken")


def ask(slurm: BrokenSlurm) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["squeue", "--me", "a b"], env=slurm.environment(), capture_output=True, text=True, check=False
    )


def test_the_real_program_answers(slurm: BrokenSlurm) -> None:
    assert ask(slurm).stdout == "asked --me a b\n"


def test_while_slurm_is_away_it_fails(slurm: BrokenSlurm) -> None:
    slurm.leave()

    assert (ask(slurm).returncode, "Unable to contact" in ask(slurm).stderr) == (1, True)


def test_it_answers_again(slurm: BrokenSlurm) -> None:
    slurm.leave()
    slurm.come_back()

    assert ask(slurm).returncode == 0
