"""What `submit` writes, and what it refuses before anything is written."""

from pathlib import Path
from typing import Any

import pytest

from orchestrator.engine.observe import read_submission
from orchestrator.engine.submit import write_submission
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.submission import Submission
from orchestrator.messages.errors import UserError
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.study.read import read_study

STUDY = """
study: s
shapes: {large: {memory: 64GB, time: 20h}}
stages: {train: {task: tests.toy_tasks.train, shape: large}}
"""


def written(runs: RunFolder, profile: Profile = LOCAL) -> Submission:
    given = runs.path.parent / "s.yaml"
    given.write_text(STUDY)
    return write_submission(read_study(given), runs, profile, runs.path, given, words=("--only", "train"))


def test_what_is_written_is_what_is_read(runs: RunFolder) -> None:
    submission = written(runs)

    assert read_submission(runs, "s") == submission


def test_the_file_is_kept_as_it_was_given(runs: RunFolder) -> None:
    written(runs)

    assert (runs.study("s") / "given.yaml").read_text() == STUDY


def test_the_code_of_the_task_is_kept(runs: RunFolder) -> None:
    submission = written(runs)

    assert (runs.study("s") / "code" / submission.code / "tests/toy_tasks.py").is_file()


def test_what_was_cancelled_is_so_no_more(runs: RunFolder) -> None:
    mark = runs.study("s") / "cancelled/0123"
    mark.parent.mkdir(parents=True)
    mark.touch()
    written(runs)

    assert not mark.exists()


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        (Profile(name="p", max_time=3600), "train asks for 20h, but `p` ends jobs after 1h"),
        (
            Profile(name="p", max_memory=1024),
            "train asks for 65536 MB, but no node of `p` has more",
        ),
    ],
    ids=["time", "memory"],
)
def test_what_no_node_can_give_is_refused(runs: RunFolder, profile: Profile, message: str) -> None:
    with pytest.raises(UserError, match=message):
        written(runs, profile)


def test_what_is_refused_leaves_nothing_behind(runs: RunFolder) -> None:
    with pytest.raises(UserError):
        written(runs, Profile(name="p", max_time=60))

    assert not runs.study("s").exists()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that is the current one."""
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    return project


def submitted(project: Path, runs: RunFolder, study: str = STUDY, **options: Any) -> Path:
    """Return the snapshot of a submission."""
    given = project / "s.yaml"
    given.write_text(study)
    code = write_submission(read_study(given), runs, LOCAL, project / "pictures", given, **options).code
    return runs.study("s") / "code" / code


def test_another_axis_is_no_other_code(project: Path, runs: RunFolder) -> None:
    more = f"{STUDY}report: tables.yaml\n"
    (project / "tables.yaml").write_text("tables: []")

    assert submitted(project, runs, more) == submitted(project, runs, f"{more}axes: {{seed: [0, 1]}}")


def test_what_is_recorded_elsewhere_is_no_code(project: Path, runs: RunFolder) -> None:
    (project / "mine.yaml").touch()
    snapshot = submitted(project, runs, without=[project / "mine.yaml"])

    assert {path.name for path in snapshot.iterdir()}.isdisjoint({"mine.yaml", "s.yaml"})


def test_neither_the_run_folder_nor_the_data_is_code(project: Path) -> None:
    for file in ("mine/mlflow.db", "pictures/labels.csv"):
        (project / file).parent.mkdir()
        (project / file).touch()
    snapshot = submitted(project, RunFolder(project / "mine"))

    assert {path.name for path in snapshot.iterdir()}.isdisjoint({"mine", "pictures"})


@pytest.mark.parametrize(("code", "told"), [("", 1), ("code: {largest_file: 11MB}", 0)])
def test_a_large_file_is_told(project: Path, runs: RunFolder, code: str, told: int) -> None:
    with (project / "large.bin").open("wb") as file:
        file.truncate(10 * 1024**2 + 1)
    notes: list[str] = []
    submitted(project, runs, f"{STUDY}{code}\n", tell=notes.append)

    assert len([note for note in notes if "large.bin (11 MB)" in note]) == told
