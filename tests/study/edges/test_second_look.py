"""Defaults that are others in each program."""

import os
from pathlib import Path

import pytest

from orchestrator.messages.errors import StudyFileError
from orchestrator.study.edges.second_look import SecondLook
from orchestrator.study.read import read_study
from tests.toy_fixture import TASK, Toy

MODULE = """
import os
import uuid
from pydantic import BaseModel, Field
print("imported")
class Params(BaseModel):
    lr: float = 0.1
    tag: str = {default}
def train(params: Params, context): return {{"loss": 0.0}}
"""

DATACLASS = """
import os
from dataclasses import dataclass, field
@dataclass
class Params:
    lr: float = 0.1
    tag: str = field(default_factory=lambda: str(os.getpid()))
def train(params: Params, context): return {"loss": 0.0}
"""


def told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, default: str, stage: str = ""
) -> list[str]:
    """Return what a second look finds at a study with a task of this default."""
    (folder / f"{name}.py").write_text(MODULE.format(default=default), encoding="utf-8")
    (folder / "s.yaml").write_text(
        f"study: s\nstages:\n  a: {{task: {name}.train{stage}}}\n", encoding="utf-8"
    )
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    read = read_study(folder / "s.yaml")
    try:
        SecondLook(read.tasks).compare(read.study, read.where)
    except StudyFileError as error:
        return [f"{problem.path}: {problem.message}" for problem in error.problems]
    return []


@pytest.mark.parametrize("default", ["uuid.uuid4().hex", "Field(str(os.getpid()))", "str(hash('a'))"])
def test_a_default_that_is_another_in_each_program_is_told(
    default: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    name = f"changing_{request.node.callspec.indices['default']}"
    (found,) = told(tmp_path, monkeypatch, name, default)

    assert found.startswith(
        f"stages.a.task: parameter `tag` of `{name}.train`: its default is another in each program: "
    )


def test_a_default_that_is_given_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(tmp_path, monkeypatch, "given_tag", "uuid.uuid4().hex", ", params: {tag: x}") == []


def test_a_default_that_stays_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(tmp_path, monkeypatch, "steady", "'x'") == []


def test_a_module_that_a_second_program_cannot_import_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRST", str(os.getpid()))
    default = "'x' if os.environ['FIRST'] == str(os.getpid()) else 1 / 0"

    assert told(tmp_path, monkeypatch, "once", default) == []


def test_nothing_is_submitted_with_a_default_that_is_another_in_each_program(toy: Toy) -> None:
    (toy.folder / "toy.py").write_text(
        TASK.replace("lr: float = Field(0.1, gt=0)", "lr: float = time.time()")
    )
    toy.study("study: s\nstages:\n  a: {task: toy.train}\n")

    assert "parameter `lr` of `toy.train`" in toy.type("submit", "study.yaml", code=2).stderr
    assert not (toy.folder / "runs/studies/s/study.json").exists()


def test_a_dataclass_is_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "changing_data.py").write_text(DATACLASS, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(
        "study: s\nstages: {a: {task: 'changing_data:train'}}\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    read = read_study(tmp_path / "s.yaml")

    with pytest.raises(StudyFileError, match=r"parameter `tag` of `changing_data\.train`"):
        SecondLook(read.tasks).compare(read.study, read.where)
