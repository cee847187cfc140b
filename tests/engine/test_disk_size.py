"""What tasks say of the disk that their trials will take; no plan fails for what one says wrong."""

from pathlib import Path

import pytest

from orchestrator.engine.disk_size import DiskSizes, disk_sizes
from orchestrator.engine.missing_data import without_missing
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
) -> tuple[str, DiskSizes]:
    """Give the module that a function body stands in, and what was made of what it said."""
    name = f"disk_{abs(hash(request.param))}"
    (tmp_path / f"{name}.py").write_text(SAYS.format(body=request.param), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(STUDY.format(name=name), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return name, disk_sizes(read_study(tmp_path / "s.yaml"))


@pytest.mark.parametrize("asked", ["return 100 * params.epochs"], indirect=True)
def test_each_point_has_its_size(asked: tuple[str, DiskSizes]) -> None:
    assert asked[1] == DiskSizes(points={("a", 0): 100, ("a", 1): 300})


@pytest.mark.parametrize("asked", ["return None"], indirect=True)
def test_a_task_need_not_know(asked: tuple[str, DiskSizes]) -> None:
    assert asked[1] == DiskSizes(points={})


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
def test_what_is_of_no_use_is_told_once_with_its_place(asked: tuple[str, DiskSizes], told: str) -> None:
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
