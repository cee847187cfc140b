from pathlib import Path

import pytest

from orchestrator.engine.observe import read_submission
from orchestrator.engine.stop_mark import is_stopped, lay_stop
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.messages.errors import NotFoundError
from orchestrator.places.profile import LOCAL
from orchestrator.report.reproduction.edges.fresh_folder import find_code, fresh_folder, submit_again
from tests.tracked_study import face_study


def snapshot(runs: RunFolder) -> Path:
    code = runs.study("other") / "code" / "c0de"
    (code / "__pycache__").mkdir(parents=True)
    (code / "toy.py").write_text("1")
    (code / "toy.py").chmod(0o444)
    return code


def again(runs: RunFolder, into: RunFolder) -> Path:
    before = face_study()
    submit_again(into, before, before.study, snapshot(runs), profile=LOCAL, data="data")
    return into.study("faces")


def test_the_same_trials_go_to_the_same_folder(tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    one, other = (fresh_folder(runs, "s", "t", codes).path for codes in ({"a": "1"}, {"a": "2"}))

    assert one == fresh_folder(runs, "s", "t", {"a": "1"}).path != other


def test_a_snapshot_is_found_whichever_study_took_it(tmp_path: Path) -> None:
    code = snapshot(RunFolder(tmp_path))

    assert find_code(RunFolder(tmp_path), "c0de", "t") == code


def test_a_snapshot_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="the code that made trial 01234567 is not there any more"):
        find_code(RunFolder(tmp_path), "gone", "0123456789")


def test_the_snapshot_is_copied_as_it_is(tmp_path: Path) -> None:
    code = again(RunFolder(tmp_path), RunFolder(tmp_path / "fresh")) / "code/c0de"

    assert [path.name for path in code.iterdir()] == ["toy.py"]
    assert not (code / "toy.py").stat().st_mode & 0o222


def test_the_submission_names_the_snapshot(tmp_path: Path) -> None:
    into = RunFolder(tmp_path / "fresh")
    again(RunFolder(tmp_path), into)

    assert read_submission(into, "faces").code == "c0de"


def test_one_that_was_stopped_goes_on(tmp_path: Path) -> None:
    into = RunFolder(tmp_path / "fresh")
    into.study("faces").mkdir(parents=True)
    lay_stop(into, "faces", "Ctrl-C")
    again(RunFolder(tmp_path), into)

    assert not is_stopped(into, "faces")
