"""The toy study of the page to start with, trained once for all tests of a process that only look at it."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.api.opening import load
from orchestrator.api.study_handle import StudyHandle
from tests.toy_fixture import Toy

ROOT = Path(__file__).resolve().parents[2]
START = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
STUDY = """
study: toy
axes:
  lr: [0.1, 0.4]
  seed: [0, 1]
stages:
  train: {task: toy.train, over: [lr, seed], params: {steps: 5}}
report: report.yaml
"""
REPORT = """
tables:
  - {id: losses, title: Losses, stage: train, metric: loss, rows: [{over: [lr]}], columns: [{label: loss}]}
"""


def example(language: str) -> str:
    """Return the page's first code block of a language."""
    return str(re.findall(rf"```{language}\n(.*?)```", START, flags=re.DOTALL)[0])


def toy_folder(folder: Path) -> Toy:
    """Return a new folder with the page's task, a study and a report file."""
    folder.mkdir()
    (folder / "toy.py").write_text(example("python"))
    (folder / "report.yaml").write_text(REPORT)
    toy = Toy(folder)
    toy.study(STUDY)
    return toy


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the study after its end: look at it, change nothing."""
    toy = toy_folder(tmp_path_factory.mktemp("api") / "toy")
    toy.type("submit", "study.yaml")
    return toy.folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the present folder, which has the task and the study and no run folder."""
    folder = toy_folder(tmp_path / "toy").folder
    yield from inside(folder, monkeypatch)


@pytest.fixture
def own_finished(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the present folder, a copy of the finished study's to be changed."""
    shutil.copytree(finished, tmp_path / "toy")
    yield from inside(tmp_path / "toy", monkeypatch)


@pytest.fixture
def study(finished: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudyHandle]:
    """Give the finished study, by its file; its folder is the present one."""
    for _ in inside(finished, monkeypatch):
        yield load("study.yaml")


def inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Be in a folder for the time of a test, and forget what was imported from there."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("ORCHESTRATOR_RUNS", "ORCHESTRATOR_DATA"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    sys.modules.pop("toy", None)
