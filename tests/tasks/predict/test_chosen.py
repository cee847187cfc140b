import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.predict import chosen
from tasks.predict.chosen import choose, sort_words
from tasks.predict.finished import NoAnswerError
from tests.tasks.predict.conftest import Runs
from tests.toy_fixture import Toy, environment

ROOT = Path(__file__).resolve().parents[3]
SHADES = """
from pydantic import BaseModel
from tasks.parts.prediction import Prediction

class Params(BaseModel):
    bright: int = 128
    fail: bool = False

def run(params: Params, context) -> dict[str, float]:
    if params.fail:
        raise ValueError("asked to fail")
    return {"val_acc": params.bright / 256}

def prepare(params: Params, context) -> dict[str, float]:
    return {"files": 1.0}

def predictor(trained):
    return lambda picture: Prediction(mask=picture.max(axis=2) >= trained.params["bright"])
"""
STUDY = """
study: shades
axes: {bright: [64, 128, 192], fail: [false, true]}
stages:
  train: {task: shades, over: [bright, fail]}
"""


def test_words_are_trials_until_they_are_pictures(picture: Path, runs: Runs) -> None:
    trial = str(runs.add().path)
    named, pictures = sort_words(["abc", trial, str(picture), str(picture.parent), "none.jpg", "bcd"])
    assert named == ["abc", trial, "bcd"]
    assert pictures == [picture, picture.parent, Path("none.jpg")]


def test_first_word_is_never_a_picture(picture: Path) -> None:
    assert sort_words([str(picture)]) == ([str(picture)], [])


def test_two_trials_are_called_by_what_they_differ_in(runs: Runs) -> None:
    paths = [str(runs.add(seed=seed).path) for seed in (3, 4)]
    trials, _ = choose(paths, [], runs.path)
    assert [trial.name for trial in trials] == [f"tests.tasks.predict.bright seed={seed}" for seed in (3, 4)]


def test_trial_that_is_named_twice_is_asked_once(runs: Runs) -> None:
    path = str(runs.add().path)
    assert len(choose([path, path], [], runs.path)[0]) == 1


def test_where_without_a_study_is_told(runs: Runs) -> None:
    with pytest.raises(NoAnswerError, match=r"there is no study `.*`\nhint: name the study"):
        choose([str(runs.add().path)], ["lr=1"], runs.path)


def test_more_than_can_be_asked_together_are_refused(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "MOST", 2)
    paths = [str(runs.add(seed=seed).path) for seed in range(3)]
    with pytest.raises(
        NoAnswerError, match="3 trials are meant, and 2 can be asked together\nhint: name fewer"
    ):
        choose(paths, [], runs.path)


@pytest.fixture(scope="module")
def shades(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """A folder in which a study with a task that can be asked was trained; half of its trials failed."""
    toy = Toy(tmp_path_factory.mktemp("shades"))
    (toy.folder / "shades.py").write_text(SHADES)
    toy.study(STUDY)
    toy.type("submit", "study.yaml", code=None)
    return toy


def ask(toy: Toy, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tasks.predict", *words],
        cwd=toy.folder,
        env={**environment(), "PYTHONPATH": os.pathsep.join([str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )


def test_trials_of_a_study_answer_the_same_picture(shades: Toy, picture: Path) -> None:
    done = ask(shades, "shades", "--where", "bright=64,192", str(picture))
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()] == [
        "train bright=64",
        "train bright=192",
    ]
    assert "note: 2 of 4 trials of `shades` are not finished: left out" in done.stderr


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (["fail=true"], "none of the 3 trials of `shades` that are meant can be asked"),
        (["bright=63"], "error: --where bright=63: no trial has bright = 63\nhint: "),
        (["lr=1"], "no trial has an axis or a parameter `lr`"),
    ],
)
def test_what_no_trial_has_is_told_as_by_the_verbs(shades: Toy, where: list[str], told: str) -> None:
    done = ask(shades, "shades", *(word for one in where for word in ("--where", one)), "--serve")
    assert done.returncode == 2
    assert told in done.stderr
