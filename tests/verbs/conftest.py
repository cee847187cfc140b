"""The command line, typed within the test's own process: what it says, and how it ends."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.files.record_file import write_beside
from tests.tracked_study import face_study

WRITTEN = Path(__file__).resolve().parents[1] / "captured/run_folder_of_0_1"
"""A study `before` with seven trials done and one failed, 0662caba."""


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Type = Callable[..., Said]


@pytest.fixture
def type_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Give what types a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("COLUMNS", "160")
    for name in [name for name in os.environ if name.startswith("ORCHESTRATOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ORCHESTRATOR_MLFLOW", "off")

    def typed(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["orchestrator", *words])
        umask = os.umask(0o022)
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            os.umask(umask)
            sys.modules.pop("toy", None)  # the next test has another module of that name
        return Said(int(ended.value.code or 0), *capsys.readouterr())

    return typed


@pytest.fixture
def before(type_: Type, tmp_path: Path) -> Type:
    """Give what types a command beside the study `before`."""
    shutil.copytree(WRITTEN, tmp_path, dirs_exist_ok=True)
    return type_


@pytest.fixture
def faces(type_: Type, tmp_path: Path) -> RunFolder:
    """Give a run folder in which the study `faces` was submitted, and nothing began."""
    runs = RunFolder(tmp_path / "runs")
    write_beside(runs.study("faces") / "study.json", face_study().model_dump_json())
    return runs
