from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.messages.errors import InternalEvidenceError, NotFoundError, UserError
from orchestrator.verbs.lookup import check_file, find_data, find_trial, find_trial_path, name_of, open_runs
from tests.tracked_study import claim, face_study, look
from tests.verbs.conftest import Type


def test_a_run_folder_need_not_exist(tmp_path: Path) -> None:
    assert open_runs(tmp_path / "runs").path == tmp_path / "runs"


@pytest.mark.parametrize("name", ["file", "a\nb"])
def test_what_cannot_be_a_run_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()

    with pytest.raises(UserError, match="the run folder"):
        open_runs(tmp_path / name)


def test_a_run_folder_that_is_open_to_strangers_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o777)
    open_runs(tmp_path)

    assert f"next: chmod o-w {tmp_path}" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["toy", "other.name"])
def test_a_study_is_named_by_its_name(tmp_path: Path, given: str) -> None:
    assert name_of(given, RunFolder(tmp_path)) == given


def test_a_study_is_named_by_its_file(tmp_path: Path, path: Path) -> None:
    assert name_of(str(path), RunFolder(tmp_path)) == "toy"


@pytest.mark.parametrize("given", ["", "..", "../faces", "a" * 300])
def test_what_is_neither_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(NotFoundError, match="neither the name of a study nor a study file"):
        name_of(given, RunFolder(tmp_path))


def test_a_trial_is_found_by_its_beginning_or_its_folder(faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]

    assert find_trial(faces, trial.id[:6])[2] == trial
    assert find_trial(faces, trial.folder)[2] == trial


def test_a_beginning_of_several_trials_is_refused(faces: RunFolder) -> None:
    with pytest.raises(UserError, match="begins the ids"):
        find_trial(faces, "c")


def test_an_empty_text_is_the_beginning_of_no_trial(faces: RunFolder) -> None:
    for find in (find_trial, find_trial_path):
        with pytest.raises(UserError, match="an empty text"):
            find(faces, "")


def test_another_study_may_have_the_trial_where_one_cannot_be_read(faces: RunFolder) -> None:
    broken = faces.study("broken") / "study.json"
    broken.parent.mkdir()
    broken.write_text("{")
    trial = look(faces, face_study()).plan.trials[0]

    assert find_trial(faces, trial.id)[2] == trial
    with pytest.raises(InternalEvidenceError, match="is damaged"):
        find_trial(faces, "ffff")


def test_the_folder_of_a_trial_is_found(faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    claim(faces, trial)

    assert find_trial_path(faces, trial.id[:8]) == faces.trial(trial).path


def test_a_run_folder_may_be_named_by_the_environment(before: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_RUNS", "elsewhere")

    assert "elsewhere; it is empty" in before("status", "before").err


LATIN = "n\udce4me"
"""`näme` as it was written in Latin-1."""


@pytest.mark.parametrize("find", [open_runs, find_data])
def test_a_folder_in_a_folder_whose_name_is_not_utf8_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, find: Callable[[Path], object]
) -> None:
    (tmp_path / LATIN).mkdir()
    monkeypatch.chdir(tmp_path / LATIN)

    with pytest.raises(UserError, match="not UTF-8"):
        find(Path("folder"))


@pytest.mark.parametrize("find", [open_runs, find_data])
def test_a_link_to_itself_is_refused(tmp_path: Path, find: Callable[[Path], object]) -> None:
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(UserError, match="leads to itself"):
        find(tmp_path / "loop")


@pytest.mark.parametrize(
    ("name", "said"), [("file/runs", "lies in `.*file`, which is a file"), ("a" * 300, "File name too long")]
)
@pytest.mark.parametrize("find", [open_runs, find_data])
def test_a_folder_that_there_cannot_be_is_refused(
    tmp_path: Path, find: Callable[[Path], object], name: str, said: str
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match=said):
        find(tmp_path / name)


def test_a_file_is_no_folder_of_datasets(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="is a file"):
        find_data(tmp_path / "file")


def test_a_folder_of_datasets_need_not_exist(tmp_path: Path) -> None:
    assert find_data(tmp_path / "data") == tmp_path / "data"


def test_a_study_file_in_a_folder_whose_name_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not UTF-8"):
        check_file(tmp_path / LATIN / "study.yaml")
