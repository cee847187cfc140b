import pytest

from orchestrator.engine.starter import Advanced
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.verbs.live import LiveTable, last_logged
from tests.tracked_study import BEGAN, claim, face_study, finish, log, look


class Clock:
    """Seconds, as a test wants them."""

    now = BEGAN

    def __call__(self) -> float:
        return self.now


def said_of(faces: RunFolder, capsys: pytest.CaptureFixture[str], *pauses: float) -> list[str]:
    """Return what is said where no terminal is, of looks with pauses between; `gender` ends midway."""
    study, clock = face_study(), Clock()
    with LiveTable(faces, study, clock) as live:
        live.update(Advanced(submission=study, seen=look(faces, study)))
        for trial in look(faces, study).plan.of("gender"):
            claim(faces, trial)
            finish(faces, trial, {"iou": 0.5})
        for pause in pauses:
            clock.now += pause
            live.update(Advanced(submission=study, seen=look(faces, study)))
    return [line.split(maxsplit=1)[1] for line in capsys.readouterr().err.splitlines()]


def test_the_end_of_a_stage_is_a_line_where_no_terminal_is(
    faces: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said_of(faces, capsys, 1, 1)[1:] == ["gender is done: 4 trials"]


def test_what_goes_on_is_a_line_a_minute_where_no_terminal_is(
    faces: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said_of(faces, capsys, *[10] * 13)

    assert [line.partition(" · ")[0] for line in lines] == [
        "0/44",
        "gender is done: 4 trials",
        "4/44",
        "4/44",
    ]


def test_a_terminal_shows_what_is_being_trained(
    faces: RunFolder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes standard error for a terminal then
    study = face_study()
    log(claim(faces, look(faces, study).plan.trials[0]), [3], iou=0.25)
    with LiveTable(faces, study) as live:
        live.update(Advanced(submission=study, seen=look(faces, study)))

    assert "step 3 iou=0.25" in capsys.readouterr().err


def test_the_last_step_of_what_is_being_trained_is_read(faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    log(claim(faces, trial), [1, 2], iou=0.5)

    assert last_logged(faces, look(faces, face_study())) == {trial.id: (2, {"iou": 0.5})}


def test_what_has_logged_nothing_yet_is_left_out(faces: RunFolder) -> None:
    claim(faces, look(faces, face_study()).plan.trials[0])

    assert last_logged(faces, look(faces, face_study())) == {}


def test_a_study_that_was_changed_meanwhile_is_followed_aloud(
    faces: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    study = face_study()
    with LiveTable(faces, study) as live:
        live.update(Advanced(submission=study.model_copy(update={"code": "other"}), seen=look(faces, study)))

    assert "note: a newer `submit` has changed `faces`; this follows it" in capsys.readouterr().err
