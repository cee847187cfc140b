import os
from pathlib import Path

import pytest

from orchestrator.api.opening import define, load
from orchestrator.api.study_handle import StudyHandle
from orchestrator.messages.errors import NotFoundError, StudyFileError, UserError
from orchestrator.study.read import read_study
from tests.api.conftest import STUDY

AXES = {"lr": [0.1, 0.4], "seed": [0, 1]}
STAGES = {"train": {"task": "toy.train", "over": ["lr", "seed"], "params": {"steps": 5}}}


def test_a_study_given_in_python_has_the_trials_of_its_file(project: Path) -> None:
    given = define("toy", axes=AXES, stages=STAGES).plan().trials["trial"]

    assert given.tolist() == load("study.yaml").plan().trials["trial"].tolist()


def test_nothing_is_written_before_submit(project: Path) -> None:
    define("toy", axes=AXES, stages=STAGES).plan()

    assert not (project / "runs").exists()


def test_all_that_is_wrong_is_told_at_once_by_its_place(project: Path) -> None:
    stages = {
        "a": {"task": lambda params: params},
        "b": {"task": "toy.train", "over": ["lt"], "params": {"lr": -1}},
        "c": {"tsk": "toy.train"},
    }
    with pytest.raises(StudyFileError) as raised:
        define("toy", axes=AXES, stages=stages)
    told = [problem.path for problem in raised.value.problems]

    assert told == [
        "stages.a.task",
        "stages.c.task",
        "stages.c.tsk",
        "stages.b.over[0]",
        "stages.b.params.lr",
    ]


def test_what_no_file_could_say_is_told_though_the_rest_is_right(project: Path) -> None:
    with pytest.raises(StudyFileError, match=r"stages\.train\.params\.1: key `1` is not text"):
        define("toy", stages={"train": {"task": "toy.train", "params": {1: 2}}})


def test_what_is_told_is_what_a_file_is_told_but_for_its_line(project: Path) -> None:
    (project / "wrong.yaml").write_text(
        "study: toy\nstages: {train: {task: toy.train, params: {lr: -1, stps: 3}}}\n"
    )
    with pytest.raises(StudyFileError) as of_file:
        load("wrong.yaml")
    with pytest.raises(StudyFileError) as of_python:
        define("toy", stages={"train": {"task": "toy.train", "params": {"lr": -1, "stps": 3}}})

    without_file = str(of_file.value).replace("wrong.yaml:2: ", "").replace("in `wrong.yaml`", "in the study")
    assert without_file == str(of_python.value)


def test_what_a_command_prints_of_a_wrong_file_is_what_the_error_says(project: Path) -> None:
    (project / "wrong.yaml").write_text("study: toy\nstages: {train: {tsk: toy.train}}\n")
    with pytest.raises(StudyFileError) as expected:
        read_study(Path("wrong.yaml"))

    with pytest.raises(StudyFileError, match=r"2 problems in `wrong\.yaml`, nothing was written") as raised:
        load("wrong.yaml")

    assert str(raised.value) == str(expected.value)


def test_a_study_may_extend_a_file_and_problems_of_that_have_their_line(project: Path) -> None:
    (project / "base.yaml").write_text(STUDY.replace("steps: 5", "steps: none"))
    with pytest.raises(StudyFileError) as raised:
        define("toy", extends="base.yaml", axes={"lr": [0.2]})

    assert raised.value.problems[0].where == f"{project}/base.yaml:7"


def test_what_extends_a_file_overrides_it(project: Path) -> None:
    assert define("toy", extends="study.yaml", axes={"seed": [0]}).plan().to_do == 2


def test_a_file_may_be_overridden(project: Path) -> None:
    assert load("study.yaml", set_={"axes.seed": range(3)}, only="train").plan().to_do == 6
    assert load("study.yaml", set_="axes.seed=[0]").plan().to_do == 2


@pytest.mark.slow
def test_a_name_is_that_of_a_submitted_study(study: StudyHandle) -> None:
    assert load("toy").status().done == 4


@pytest.mark.slow
def test_a_name_that_nobody_submitted_is_told_with_the_nearest(study: StudyHandle) -> None:
    with pytest.raises(NotFoundError) as raised:
        load("toys")

    assert raised.value.hint == "did you mean `toy`?"


def test_a_path_is_a_file_whatever_its_name(project: Path) -> None:
    (project / "study.yaml").rename("study.txt")

    assert load(Path("study.txt")).plan().to_do == 4


def test_a_file_that_is_not_there_is_told(project: Path) -> None:
    with pytest.raises(StudyFileError, match=r"there is no file `studi\.yaml`"):
        load("studi.yaml")


@pytest.mark.slow
def test_a_name_cannot_be_overridden(study: StudyHandle) -> None:
    with pytest.raises(UserError, match="is the name of a study"):
        load("toy", only=["train"])


@pytest.mark.slow
def test_the_environment_names_the_run_folder(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORCHESTRATOR_RUNS", str(finished / "runs"))

    assert load("toy").runs == finished / "runs"


def test_the_umask_stays_as_it_was(project: Path) -> None:
    before = os.umask(0o000)
    try:
        load("study.yaml")
        assert os.umask(0o000) == 0
    finally:
        os.umask(before)
