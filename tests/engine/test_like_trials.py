"""How long finished trials took that are like those of a plan."""

from pathlib import Path

import pytest

from orchestrator.engine.like_trials import like_trials
from orchestrator.evidence.durations import Usual
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.study.plan import Known, expand
from orchestrator.study.study import Point, Stage, Study
from tests.tracked_study import claim, face_study, finish, look

GENDER = face_study().study.stage("gender")


@pytest.fixture
def runs(tmp_path: Path) -> RunFolder:
    """Give a run folder with two finished trials of `paper.gender`, which took 100 s each."""
    found = RunFolder(tmp_path)
    for trial in look(found, face_study()).plan.of("gender")[:2]:
        claim(found, trial)
        finish(found, trial, {"iou": 0.5})
    return found


def usual(runs: RunFolder, stages: list[Stage]) -> dict[str, Usual]:
    """Return what is found for these stages, planned as a study."""
    return like_trials(runs, stages, expand(Study(name="s", stages=tuple(stages)), Known()))


def like(stage: Stage, *points: Point) -> Stage:
    """Return the stage with other points, under another name."""
    return stage.model_copy(update={"name": "other", "points": points})


def point(**params: object) -> Point:
    return Point(axes={"seed": 77}, seed=77, params=GENDER.points[0].params | params)


def test_trials_with_another_seed_take_as_long(runs: RunFolder) -> None:
    found = usual(runs, [like(GENDER, point())])["other"]

    assert (found.seconds, found.same_study) == (100, False)


def test_what_differs_between_points_may_be_another(runs: RunFolder) -> None:
    points = [point(learning_rate=0.5), point(learning_rate=0.7)]

    assert len(usual(runs, [like(GENDER, *points)])["other"].of) >= 1


def test_trials_with_another_parameter_tell_nothing(runs: RunFolder) -> None:
    assert usual(runs, [like(GENDER, point(learning_rate=0.5))]) == {}


@pytest.mark.parametrize("change", [{"version": 2}, {"task": "paper.other"}])
def test_trials_of_other_tasks_and_versions_tell_nothing(runs: RunFolder, change: dict[str, object]) -> None:
    assert usual(runs, [like(GENDER, point()).model_copy(update=change)]) == {}


def with_seed(stage: Stage, seed: int) -> Stage:
    """Return the stage with its first point alone, at this seed."""
    first = stage.points[0]
    moved = first.model_copy(update={"axes": {**first.axes, "seed": seed}, "seed": seed})
    return stage.model_copy(update={"points": (moved,)})


@pytest.mark.parametrize(("seed", "found"), [(0, ["other"]), (77, [])])
def test_trials_that_needed_something_else_tell_nothing(runs: RunFolder, seed: int, found: list[str]) -> None:
    trial = look(runs, face_study()).plan.of("segment")[0]
    claim(runs, trial)
    finish(runs, trial, {"iou": 0.5})
    gender, segment = (with_seed(stage, seed) for stage in face_study().study.stages)
    other = segment.model_copy(update={"name": "other"})

    planned = expand(Study(name="s", stages=(gender, other)), Known())

    assert list(like_trials(runs, [other], planned)) == found


def test_what_cannot_be_read_tells_nothing(runs: RunFolder) -> None:
    for file in runs.trials.glob("*/*/trial.json"):
        file.write_text("{")

    assert usual(runs, [like(GENDER, point())]) == {}


def test_an_empty_run_folder_tells_nothing(tmp_path: Path) -> None:
    assert usual(RunFolder(tmp_path), [GENDER]) == {}
