"""A run folder that version 0.1 wrote, before the engine's files moved: it is read, and gone on with."""

import shutil
from pathlib import Path

import pytest

from tests.toy_fixture import Toy

pytestmark = pytest.mark.slow

WRITTEN = Path(__file__).resolve().parents[1] / "captured/run_folder_of_0_1"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Give the folder in which its author typed `submit`; a copy, for the tests after it add to it."""
    folder = tmp_path_factory.mktemp("old") / "study"
    shutil.copytree(WRITTEN, folder)
    return Toy(folder)


def test_states_are_what_they_were(old: Toy) -> None:
    assert old.json("status", "before")["states"] == {"DONE": 7, "FAILED": 1}


def test_a_failure_is_still_told(old: Toy) -> None:
    assert "asked to fail" in old.type("why", "0662caba").stdout


def test_tables_hold_the_same_numbers(old: Toy) -> None:
    train = old.json("report", "before")["tables"][0]

    assert train["rows"][0]["cells"][0]["value"] == 0.6553599999999999


def test_only_what_is_new_is_trained(old: Toy) -> None:
    old.type("submit", "study.yaml", "--set", "final.steps=5", code=1)  # one trial of other parameters

    assert len(list(old.folder.glob("runs/trials/*/attempts/*"))) == 8
    assert len(list(old.folder.glob("runs/trials/*/*/attempts/001/exit.json"))) == 1


def test_a_failed_trial_is_taken_up_again(old: Toy) -> None:
    old.type("submit", "study.yaml", code=1)
    old.type("retry", "before")
    old.type("submit", "study.yaml", code=1)

    assert len(list(old.folder.glob("runs/trials/*-0662caba*/attempts/*"))) == 2
