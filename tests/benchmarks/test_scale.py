import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCALE = Path(__file__).resolve().parents[2] / "benchmarks/scale.py"


def scale(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCALE), "--folder", str(folder), "--search-random", "0", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_numbers_are_given_as_json(tmp_path: Path) -> None:
    given = scale(tmp_path, "--trials", "3", "--search-tpe", "0", "--only", "submit,status", "--json")
    (column,) = json.loads(given.stdout)["tables"]["trials that do nothing"].values()

    assert {"submit, s", "status --json, MB", "files left per trial"} <= set(column)
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_only_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    refused = scale(tmp_path, "--only", "plan,guess")

    assert "not guess" in refused.stderr
