"""A small run folder, and the chapter of a study that declares no table."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.state import State
from orchestrator.messages.errors import NotFoundError
from orchestrator.report.document import Chapter, Figure
from orchestrator.report.edges.plain_chapter import plain_chapter
from orchestrator.report.figures.definitions import CurvesDefinition
from orchestrator.report.selection import Material, Observation
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study

RESULTS: dict[str, dict[str, float]] = {"data": {"images": 9}, "train": {"loss": 0.5}, "sweep": {"loss": 1}}


def stage(name: str, **given: Any) -> Stage:
    points = tuple(Point(axes={"lr": lr}, seed=0, params={"lr": lr}) for lr in (0.1, 0.4))
    return Stage(name=name, task=f"tasks.{name}", version=1, shape=Shape(), points=points, **given)


def drawn(entry: CurvesDefinition) -> Figure:
    if entry.stage == "data":
        raise NotFoundError("nothing to draw")
    return Figure(id=entry.id, title=entry.title, notes=(), png="", pdf="")


@pytest.fixture
def made(tmp_path: Path) -> tuple[Chapter, dict[str, list[str]]]:
    """Give the chapter of a study with data, a training, a search and a stage that has not begun."""
    search = {"space": {"x": [1, 2]}, "trials": 2, "objective": {"minimize": "loss"}}
    stages = (stage("data"), stage("train"), stage("later"), stage("sweep", search=search))
    study, runs = Study(name="s", stages=stages), RunFolder(tmp_path)
    seen: dict[str, list[Observation]] = {one.name: [] for one in stages}
    for trial in expand(study, Known()).trials:
        metrics = RESULTS.get(trial.stage)
        seen[trial.stage].append(Observation(trial=trial, state=State.DONE, metrics=metrics))
        folder = runs.trial(trial).attempt(1)
        folder.mkdir(parents=True)
        steps = [{"step": step, "metrics": metrics or {}} for step in (0, 1)]
        (folder / "metrics.jsonl").write_text("".join(json.dumps(one) + "\n" for one in steps))
    left_out: dict[str, list[str]] = {}
    return plain_chapter(runs, study, Material(stages=seen), drawn, left_out), left_out


def test_stages_with_a_metric_that_can_be_better_stand_first(
    made: tuple[Chapter, dict[str, list[str]]],
) -> None:
    assert [table.id for table in made[0].tables] == ["train", "data"]


def test_what_was_logged_is_drawn(made: tuple[Chapter, dict[str, list[str]]]) -> None:
    assert [figure.title for figure in made[0].figures] == ["loss of train by lr"]


def test_a_figure_that_cannot_be_drawn_is_left_out_and_named(
    made: tuple[Chapter, dict[str, list[str]]],
) -> None:
    assert made[1]["nothing to draw"] == ["data_curves"]


def test_a_stage_without_a_result_is_left_out_and_named(
    made: tuple[Chapter, dict[str, list[str]]],
) -> None:
    assert made[1]["no trial of stage `later` has a result with a metric yet"] == ["later"]
