"""What is told of YAML that a page has wrong, and as what its parts are read."""

import sys
from pathlib import Path

import pytest

from tests.docs.pages import Block, read_blocks
from tests.docs.yaml_blocks import check_yaml


def block(text: str, comment: str = "") -> Block:
    (found,) = read_blocks("page.md", f"{comment}\n```yaml\n{text}\n```\n")
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    monkeypatch.syspath_prepend(str(tmp_path / "in"))
    return tmp_path / "in"


@pytest.mark.parametrize(
    "text",
    [
        "study: a\naxes: {lr: [1]}\nstages: {train: {task: mine.train, over: [lr]}}",
        "stages: {train: {command: python train.py, needs: {weights: before}}}",
        "train: {task: mine.train, over: [lr], shape: gpu}",
        "search: {trials: 3, space: {lr: [1, 2]}, objective: {minimize: loss}}",
        "sampler: random",
        "gpus: 1\nmemory: 24GB",
        "compare: {to: sgd, test: welch}",
        "tables: []",
        "name: here\nmax_time: 20h",
    ],
)
def test_a_part_is_set_into_a_file_in_which_it_could_stand(text: str, folder: Path) -> None:
    assert check_yaml(block(text), {}, folder) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sarch: {trials: 3}", "no part of a study, report or profile file has all the keys sarch"),
        ("a: [", "this is not YAML"),
        (
            "study: a\nstages: {train: {task: mine.train, over: [lr]}}",
            "page.md:4: stages.train.over[0]: there is no",
        ),
        ("search: {trials: 3, space: {lr: [1]}, objective: {minimise: loss}}", "minimise"),
        ("compare: {to: sgd, test: anova}", "anova"),
        ("gpus: -1", "gpus"),
        ("max_time: 2 weeks\nname: here", "2 weeks"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str, folder: Path) -> None:
    assert told in check_yaml(block(text), {}, folder)


def test_a_comment_says_what_a_part_is(folder: Path) -> None:
    part = block("low: 1\nhigh: 9", "<!-- part of: spacing -->")

    assert "taken for spaced numbers, it is wrong" in check_yaml(part, {}, folder)


def test_a_task_that_the_page_shows_is_the_one_that_is_checked(folder: Path) -> None:
    study = block("study: a\nstages: {train: {task: shown.train, params: {lr: 1}}}")
    params = "from typing import TypedDict\nclass P(TypedDict):\n    rate: float\n"
    task = f"{params}def train(params: P, context): ...\n"

    assert "rate" in check_yaml(study, {"shown.py": task}, folder)


def test_a_stub_is_gone_afterwards(folder: Path) -> None:
    check_yaml(
        block("study: a\naxes: {lr: [1]}\nstages: {train: {task: mine.train, over: [lr]}}"), {}, folder
    )

    assert "mine" not in sys.modules
