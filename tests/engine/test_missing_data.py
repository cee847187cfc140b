"""What happens when datasets are not there: refused with all of them, or left out on request."""

from pathlib import Path
from typing import Any

import pytest

from orchestrator.engine.missing_data import without_missing
from orchestrator.evidence.judge import judge
from orchestrator.evidence.skipped import Lack
from orchestrator.evidence.skipped import skipped as held
from orchestrator.messages.errors import TaskError
from orchestrator.study.plan import Known, expand
from orchestrator.study.read import read_study
from tests.toy_fixture import TASK, Toy


def lacks(path: Path, data: Path) -> tuple[Lack, ...]:
    study = without_missing(read_study(path), data)
    return held(study, judge(expand(study, Known()), {})).lacks


def test_what_is_missing_is_told_once_with_the_stages_that_want_it(path: Path, tmp_path: Path) -> None:
    (lack,) = lacks(path, tmp_path / "data")

    assert (lack.message, lack.hint, lack.stages) == (
        f"no folder `{tmp_path / 'data'}`",
        f"make `{tmp_path / 'data'}`",
        ("data", "train"),
    )


def test_points_know_what_they_miss(path: Path, tmp_path: Path) -> None:
    """The small net's dataset is made by another trial."""
    study = without_missing(read_study(path), tmp_path / "data")

    assert [bool(point.missing) for point in study.stage("train").points] == [False, True]


def test_parameters_that_are_chosen_later_do_not_hinder(path: Path, tmp_path: Path) -> None:
    path.write_text(
        path.read_text()
        + "  search: {task: tests.toy_tasks.train, search: {trials: 2, objective: {minimize: loss},"
        " space: {lr: {low: 1, high: 2}}}}\n"
        "  final: {task: tests.toy_tasks.train, needs: {x: {stage: search, best: loss}}}\n",
        encoding="utf-8",
    )

    assert lacks(path, tmp_path) == ()


SAYS = """
from pydantic import BaseModel
class P(BaseModel): pass
def run(params: P, context): return {{"loss": 0.0}}
def missing(params, data): {body}
"""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return 'no faces'", "`asked_0.missing` returned the text `no faces` for stage `a`"),
        ("return None", "`asked_1.missing` returned `null` for stage `a`"),
        ("return [3]", "`asked_2.missing` returned `[3]` for stage `a`"),
        ("raise SystemExit(1)", "`asked_3.missing` failed for stage `a`: SystemExit: 1"),
        ("return {}['faces']", "`asked_4.missing` failed for stage `a`: KeyError: 'faces'"),
    ],
)
def test_what_a_task_says_is_missing_is_a_list_of_texts(
    body: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    name = f"asked_{request.node.callspec.indices['body']}"
    (tmp_path / f"{name}.py").write_text(SAYS.format(body=body), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(f"study: s\nstages:\n  a: {{task: {name}}}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(TaskError) as told:
        without_missing(read_study(tmp_path / "s.yaml"), tmp_path)

    assert message in str(told.value)
    assert "list[str]" in str(told.value.hint)


# --- typed ---------------------------------------------------------------------------------------

DATASETS = """

def missing(params, data):
    name = getattr(params, "dataset", "")
    found = not name or (data / name).is_dir()
    return [] if found else [f"dataset {name} is not at `{data / name}`\\nhint: make the folder"]
"""
FACES = """
study: faces
axes: {dataset: [lfw, celeba]}
stages:
  train: {task: toy.train, over: [dataset]}
  use: {task: toy.use, over: [dataset], needs: {source: train}}
  sweep:
    task: toy.train
    params: {dataset: helen}
    search: {sampler: grid, space: {lr: [0.1, 0.2]}, objective: {minimize: loss}}
  final: {task: toy.use, needs: {source: {stage: sweep, best: loss}}}
"""
ALL = {"train": ["DONE", "DONE"], "use": ["DONE", "DONE"], "sweep": ["DONE", "DONE"], "final": ["DONE"]}


def faces(folder: Path, *datasets: str) -> Toy:
    """Return a folder with a study of three datasets of which these are there."""
    task = TASK.replace("    fail: bool = False", '    fail: bool = False\n    dataset: str = ""')
    (folder / "toy.py").write_text(task + DATASETS)
    put(folder, *datasets)
    toy = Toy(folder)
    toy.study(FACES)
    return toy


def put(folder: Path, *datasets: str) -> None:
    for name in datasets:
        (folder / "data" / name).mkdir(parents=True)


def states(toy: Toy) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for trial in toy.trials("faces"):
        found.setdefault(trial["stage"], []).append(trial["state"])
    return found


def trial_of(toy: Toy, stage: str, state: str) -> str:
    return next(str(trial["id"]) for trial in toy.trials("faces", stage) if trial["state"] == state)


@pytest.fixture(scope="module")
def skipped(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Give a study of which all was trained that needs LFW alone."""
    toy = faces(tmp_path_factory.mktemp("faces"), "lfw")
    toy.type("submit", "study.yaml", "--skip-missing-data")
    return toy


def test_a_submit_without_data_names_all_of_it_and_writes_nothing(tmp_path: Path) -> None:
    toy = faces(tmp_path)
    told = toy.type("submit", "study.yaml", code=2).stderr

    assert [name for name in ("lfw", "celeba", "helen") if told.count(f"dataset {name} is not at") == 1] == [
        "lfw",
        "celeba",
        "helen",
    ]
    assert not (tmp_path / "runs").exists()


def test_a_refused_submit_says_how_much_could_be_trained(tmp_path: Path) -> None:
    told = faces(tmp_path, "lfw").type("submit", "study.yaml", code=2).stderr

    assert "2 of 7 trials can do without, which `python -m orchestrator submit study.yaml --skip" in told


def test_a_plan_shows_what_would_be_skipped(tmp_path: Path) -> None:
    rows = faces(tmp_path, "lfw").json("plan", "study.yaml", "--skip-missing-data")["stages"]

    assert {row["stage"]: (row["trials"], row["skipped"], row["to_do"]) for row in rows} == {
        "train": (2, 1, 1),
        "use": (2, 1, 1),
        "sweep": (2, 2, 0),
        "final": (1, 1, 0),
    }


def test_what_can_run_is_trained(skipped: Toy) -> None:
    assert states(skipped) == {
        "train": ["DONE", "SKIPPED"],
        "use": ["DONE", "BLOCKED"],
        "sweep": ["SKIPPED", "SKIPPED"],
    }


def test_status_counts_what_is_skipped_and_says_what_is_missing(skipped: Toy) -> None:
    found: dict[str, Any] = skipped.json("status", "faces")["skipped"]

    assert found["trials"] == 5
    assert [(lack["hint"], lack["stages"]) for lack in found["missing"]] == [
        ("make the folder", ["train"]),
        ("make the folder", ["sweep"]),
    ]
    assert "5 of the trials are skipped" in skipped.type("status", "faces").stderr


@pytest.mark.parametrize(("stage", "state"), [("train", "SKIPPED"), ("use", "BLOCKED")])
def test_why_says_what_is_missing_and_what_to_type(skipped: Toy, stage: str, state: str) -> None:
    told = skipped.type("why", trial_of(skipped, stage, state))

    assert f"dataset celeba is not at `{skipped.folder / 'data/celeba'}`" in told.stdout
    assert f"python -m orchestrator submit {skipped.folder / 'study.yaml'}" in told.stderr


def test_no_worker_waits_for_what_is_skipped(skipped: Toy) -> None:
    jobs = skipped.folder / "runs/studies/faces/jobs"

    skipped.wait(lambda: len(list(jobs.glob("*/ended-*"))) == len(list(jobs.glob("*/started-*"))) > 0)


@pytest.mark.slow
def test_a_later_submit_trains_what_was_skipped_and_nothing_else(tmp_path: Path) -> None:
    toy = faces(tmp_path, "lfw")
    toy.type("submit", "study.yaml", "--skip-missing-data")
    put(tmp_path, "celeba", "helen")
    toy.type("submit", "study.yaml")

    assert states(toy) == ALL
    assert {trial["attempts"] for trial in toy.trials("faces")} == {1}


@pytest.mark.slow
def test_data_that_nothing_wants_any_more_may_be_gone(tmp_path: Path) -> None:
    toy = faces(tmp_path, "lfw", "celeba", "helen")
    toy.type("submit", "study.yaml")
    (tmp_path / "data").rename(tmp_path / "gone")
    toy.type("submit", "study.yaml")

    assert states(toy) == ALL


def test_a_task_whose_own_look_fails_is_told_without_a_traceback(tmp_path: Path) -> None:
    toy = faces(tmp_path)
    (tmp_path / "toy.py").write_text(
        (tmp_path / "toy.py").read_text().replace("found = ", "found = 1 / 0 or ")
    )
    told = toy.type("plan", "study.yaml", code=2).stderr

    assert told.startswith("error: `toy.missing` failed for stage `train`: ZeroDivisionError")
    assert "Traceback" not in told
