import pytest

from orchestrator.engine.starter import Advanced
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.verbs.live import LiveTable
from tests.tracked_study import claim, face_study, finish, log, look


def test_each_change_is_a_line_where_no_terminal_is(
    faces: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    study = face_study()
    waiting = Advanced(submission=study, seen=look(faces, study))
    trial = waiting.seen.plan.trials[0]
    claim(faces, trial)
    finish(faces, trial, {"iou": 0.5})
    with LiveTable(faces, study) as live:
        live.update(waiting)
        live.update(waiting)
        live.update(Advanced(submission=study, seen=look(faces, study)))

    assert [line.split()[1:] for line in capsys.readouterr().err.splitlines()] == [
        ["READY=4", "WAITING=40"],
        ["DONE=1", "READY=13", "WAITING=30"],
    ]


def test_a_terminal_shows_what_is_being_trained(
    faces: RunFolder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes standard error for a terminal then
    study = face_study()
    log(claim(faces, look(faces, study).plan.trials[0]), [3], iou=0.25)
    with LiveTable(faces, study) as live:
        live.update(Advanced(submission=study, seen=look(faces, study)))

    assert "gender encoder=vgg16 seed=0: step 3: iou=0.25" in capsys.readouterr().err


def test_a_study_that_was_changed_meanwhile_is_followed_aloud(
    faces: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    study = face_study()
    with LiveTable(faces, study) as live:
        live.update(Advanced(submission=study.model_copy(update={"code": "other"}), seen=look(faces, study)))

    assert "note: a newer `submit` has changed `faces`; this follows it" in capsys.readouterr().err
