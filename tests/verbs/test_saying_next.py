from pathlib import Path

import pytest

from orchestrator.verbs.saying_next import say_next


@pytest.fixture(autouse=True)
def _no_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORCHESTRATOR_RUNS", raising=False)
    monkeypatch.delenv("ORCHESTRATOR_DATA", raising=False)


def test_a_step_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say_next("go", Path("runs"))

    assert capsys.readouterr().err == "next: go\n"


def test_nothing_is_said_where_there_is_no_step(capsys: pytest.CaptureFixture[str]) -> None:
    say_next("", Path("runs"))

    assert not capsys.readouterr().err


def test_folders_that_were_given_are_given_again(capsys: pytest.CaptureFixture[str]) -> None:
    say_next("go", Path("my runs"), Path("/data"))

    assert capsys.readouterr().err == "next: go --runs 'my runs' --data /data\n"


def test_the_usual_folder_need_not_be_given_however_it_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say_next("go", Path("runs").absolute())

    assert capsys.readouterr().err == "next: go\n"


def test_folders_of_the_environment_need_not_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_RUNS", "/mine")
    say_next("go", Path("/mine"))

    assert capsys.readouterr().err == "next: go\n"
