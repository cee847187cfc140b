import os
import subprocess
from pathlib import Path

from benchmarks.scheduler_calls import CountedCalls


def test_a_call_is_counted_and_goes_on_to_the_command(tmp_path: Path) -> None:
    real = tmp_path / "slurm's" / "squeue"
    real.parent.mkdir()
    real.write_text('#!/bin/sh\necho "asked $1"\n')
    real.chmod(0o755)
    calls = CountedCalls(tmp_path / "count ed", os.pathsep.join([str(real.parent), os.environ["PATH"]]))
    environment = calls.environment(os.environ)
    for word in ("a b", "c"):
        said = subprocess.run(
            ["squeue", word], env=environment, capture_output=True, text=True, check=True
        ).stdout

        assert said == f"asked {word}\n"
    assert calls.counts() == {"squeue": 2}


def test_nobody_has_called_at_first(tmp_path: Path) -> None:
    assert CountedCalls(tmp_path, "").counts().total() == 0
