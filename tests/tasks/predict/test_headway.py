import pytest

from tasks.predict import headway
from tasks.predict.headway import Headway, words_of


@pytest.mark.parametrize(("seconds", "words"), [(40, "40 s"), (720, "12 min"), (12600, "3.5 h")])
def test_times_are_said_as_people_do(seconds: float, words: str) -> None:
    assert words_of(seconds) == words


def test_broken_pictures_are_named_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with Headway(2) as told:
        told.told()
        told.told("`b.jpg` cannot be read")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "`b.jpg` cannot be read"
    assert lines[1].startswith("2 of 2 pictures, 1 of them without an answer in ")


def test_what_is_left_is_said_in_between(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headway, "ELSEWHERE_S", 0.0)
    with Headway(4) as told:
        told.told()
    assert capsys.readouterr().err.splitlines()[0] == "1 of 4 pictures, 0 s left"
