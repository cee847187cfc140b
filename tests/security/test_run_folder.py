"""What a study and the names around it say reaches no shell, and what is made belongs to who made it."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.toy_fixture import TASK, Toy, environment
from tests.waiting import PATIENCE_S

SHELL = "$(touch canary) `touch canary` ; touch canary # ' \" \\ {0.__class__} %s ${lr} -rf *"
NAMES = [
    "$(touch canary)",
    "`touch canary`",
    "; touch canary #",
    "-rf",
    "../../canary",
    "{0.__class__}",
    "ümläut",
]
STUDY = """\
study: s
axes:
  lr: [0.1]
  note: {notes}
stages:
  train: {{task: toy.train, over: [lr, note]}}
"""
NOTED = TASK.replace("    fail: bool = False", "    fail: bool = False\n    note: str = ''")
TOKEN = "a-token-that-nobody-may-read"  # noqa: S105 - a word to look for


def type_in(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Type a command where nobody has set anything of ours and everybody may write what is made."""
    return subprocess.run(
        [sys.executable, "-m", "orchestrator", *words],
        cwd=folder,
        env={**environment(), **environ},
        umask=0,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Give a folder of a hostile name with a study whose values are hostile too."""
    folder = tmp_path / "$(touch canary) 'a' \"b\" `touch canary`; touch canary #"
    folder.mkdir()
    (folder / "toy.py").write_text(NOTED)
    (folder / "study.yaml").write_text(STUDY.format(notes=json.dumps([SHELL, "a\nb", *NAMES])))
    return folder


def canaries(folder: Path) -> list[Path]:
    return sorted(folder.rglob("canary"))


@pytest.mark.slow
def test_a_study_of_hostile_values_is_trained_and_shown(hostile: Path, tmp_path: Path) -> None:
    done = type_in(hostile, "submit", "study.yaml", HF_TOKEN=TOKEN)
    shown = [type_in(hostile, *words) for words in (["status", "s"], ["report", "s"], ["retry", "s"])]
    made = [path for path in (hostile / "runs").rglob("*") if not path.is_symlink()]

    assert (done.returncode, [each.returncode for each in shown]) == (0, [0, 0, 0]), done.stderr
    assert not canaries(tmp_path)
    assert [path for path in made if path.stat().st_mode & stat.S_IWOTH] == []
    assert [path for path in made if path.is_file() and TOKEN.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31m"])
def test_a_run_folder_that_no_line_could_name_is_refused(toy: Toy, name: str) -> None:
    toy.study("study: s\nstages: {train: {task: toy.train}}\n")
    done = toy.type("submit", "study.yaml", "--runs", name, code=2)

    assert "characters in its name that cannot be printed" in done.stderr
    assert not (toy.folder / name).exists()


def test_a_run_folder_that_everybody_may_write_to_is_told(toy: Toy) -> None:
    (toy.folder / "runs").mkdir()
    (toy.folder / "runs").chmod(0o777)
    toy.study("study: s\nstages: {train: {task: toy.train}}\n")
    told = toy.type("plan", "study.yaml").stderr

    assert told.count("everybody on this machine may write to") == 1
    assert "chmod o-w runs" in told


def test_a_run_folder_of_ones_own_is_not_told(toy: Toy) -> None:
    toy.study("study: s\nstages: {train: {task: toy.train}}\n")
    (toy.folder / "runs").mkdir(mode=0o755)

    assert "everybody" not in toy.type("plan", "study.yaml").stderr
