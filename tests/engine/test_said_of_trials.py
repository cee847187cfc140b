"""What tasks say of their trials' disk and hours; no plan fails for what one says wrong."""

from pathlib import Path

import pytest

from orchestrator.engine.missing_data import without_missing
from orchestrator.engine.said_of_trials import SaidOfTrials, disk_sizes, trial_hours
from orchestrator.study.read import read_study

SAYS = """
from pydantic import BaseModel
class P(BaseModel):
    epochs: int = 2
def run(params: P, context): return {{"loss": 0.0}}
def disk(params): {body}
"""
STUDY = "study: s\naxes: {{epochs: [1, 3]}}\nstages:\n  a: {{task: {name}, over: [epochs]}}\n"


@pytest.fixture
def asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> tuple[str, SaidOfTrials]:
    """Give the module that a function body stands in, and what was made of what it said."""
    name = f"disk_{abs(hash(request.param))}"
    (tmp_path / f"{name}.py").write_text(SAYS.format(body=request.param), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(STUDY.format(name=name), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return name, disk_sizes(read_study(tmp_path / "s.yaml"))


@pytest.mark.parametrize("asked", ["return 100 * params.epochs"], indirect=True)
def test_each_point_has_its_size(asked: tuple[str, SaidOfTrials]) -> None:
    assert asked[1] == SaidOfTrials(points={("a", 0): 100, ("a", 1): 300})


@pytest.mark.parametrize("asked", ["return None"], indirect=True)
def test_a_task_need_not_know(asked: tuple[str, SaidOfTrials]) -> None:
    assert asked[1] == SaidOfTrials(points={})


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("return 1.5", "returned `1.5` for stage `a`"),
        ("return True", "returned `true` for stage `a`"),
        ("return -1", "returned `-1` for stage `a`"),
        ("return '2GB'", "returned `2GB` for stage `a`"),
        ("return {}['x']", "failed for stage `a`: KeyError: 'x'"),
        ("raise SystemExit(1)", "failed for stage `a`: SystemExit: 1"),
    ],
    indirect=["asked"],
)
def test_what_is_of_no_use_is_told_once_with_its_place(asked: tuple[str, SaidOfTrials], told: str) -> None:
    name, sizes = asked
    (note,) = sizes.notes

    assert note.startswith(f"`{name}.disk` {told} (")
    assert f"{name}.py:6)" in note
    assert sizes.points == {}


TYPED = """
from typing import TypedDict
class P(TypedDict):
    epochs: int
def run(params: P, context): return {"loss": 0.0}
def disk(params): return 100 * params["epochs"]
def missing(params, data): return [] if params["epochs"] == 1 else ["much"]
"""


def test_what_is_asked_gets_the_same_object_as_the_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "typed_disk.py").write_text(TYPED, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(STUDY.format(name="typed_disk"), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    read = read_study(tmp_path / "s.yaml")

    assert disk_sizes(read).points == {("a", 0): 100, ("a", 1): 300}
    assert [point.missing for point in without_missing(read, tmp_path).stages[0].points] == [(), ("much",)]


TIMED = """
from pydantic import BaseModel
class P(BaseModel):
    epochs: int = 2
def run(params: P, context): return {"loss": 0.0}
def hours(params, gpus): return HOURS
HOURS_ON = "one A100"
"""


def hours_of(folder: Path, patch: pytest.MonkeyPatch, name: str, hours: str) -> SaidOfTrials:
    """Return what is made of what a task says of its hours."""
    (folder / f"{name}.py").write_text(TIMED.replace("HOURS\n", f"{hours}\n"), encoding="utf-8")
    (folder / "s.yaml").write_text(STUDY.format(name=name), encoding="utf-8")
    patch.syspath_prepend(folder)
    return trial_hours(read_study(folder / "s.yaml"))


def test_each_point_has_its_hours_and_what_they_were_measured_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = hours_of(tmp_path, monkeypatch, "timed", "params.epochs / 2")

    assert said == SaidOfTrials(points={("a", 0): 0.5, ("a", 1): 1.5}, on={"a": "one A100"})


@pytest.mark.parametrize("hours", ["-1", "float('nan')", "True", "'2h'"])
def test_hours_that_are_none_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: str) -> None:
    said = hours_of(tmp_path, monkeypatch, f"odd_hours_{abs(hash(hours))}", hours)

    assert not said.points
    assert "it should return hours as a number" in said.notes[0]


def test_a_task_is_told_how_many_gpus_its_shape_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = hours_of(tmp_path, monkeypatch, "on_gpus", "None if not gpus else 1.0")

    assert not said.points
    assert not said.notes
