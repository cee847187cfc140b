"""Whatever somebody did to a file of the run folder, it is told with its path, and the other trials go on."""

import os
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from orchestrator.engine.observe import Observer, read_submission
from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.evidence import Claim, Exit, Result
from orchestrator.evidence.state import Seen, State
from orchestrator.evidence.submission import Submission
from orchestrator.files.line_file import append_line
from orchestrator.files.record_file import write_beside
from orchestrator.messages.errors import InternalEvidenceError
from orchestrator.places.profile import LOCAL
from orchestrator.report.report import write_report
from orchestrator.study.read import read_study
from orchestrator.tracking.mlflow_records import files, measures, trial_records
from orchestrator.verbs.headway import headway
from orchestrator.verbs.live import last_logged
from orchestrator.verbs.live_view import live_lines
from orchestrator.verbs.lookup import find_trial
from orchestrator.verbs.show import notes, status_json
from orchestrator.verbs.story import why
from tasks.data.images import load_grey, load_rgb, size_of
from tasks.data.reading import DatasetError

STUDY = """\
study: s
axes: {lr: [0.1, 0.2, 0.3]}
stages: {a: {task: tests.toy_tasks.train, over: [lr]}}
"""


@pytest.fixture
def runs(tmp_path: Path) -> RunFolder:
    """Give a run folder whose three trials are done."""
    (tmp_path / "s.yaml").write_text(STUDY)
    folder = RunFolder(tmp_path / "runs")
    study = read_study(tmp_path / "s.yaml").study
    submission = Submission(study=study, code="c", data="d", profile=LOCAL, given="s.yaml")
    write_beside(folder.study("s") / "study.json", submission.model_dump_json())
    for trial in Observer(folder, submission).look().plan.trials:
        there = folder.trial(trial)
        there.describe(trial)
        there.claim(1, Claim(worker="w", job="slurm:1", host="h", time=1, code="c"))
        append_line(there.attempt(1) / "metrics.jsonl", {"step": 1, "time": 1.0, "metrics": {"loss": 1.0}})
        there.publish_result(
            Result(metrics={"loss": 0.5}, trial=trial.id, attempt=1, time=2, seconds=1, code="c")
        )
        write_beside(
            there.attempt(1) / "exit.json", Exit(outcome="done", time=2, seconds=1).model_dump_json()
        )
    return folder


def bomb() -> bytes:
    """Return a PNG of 60 bytes that says it is of 50000 x 50000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def first(runs: RunFolder) -> TrialFolder:
    return runs.find()[0]


def look(runs: RunFolder) -> Seen:
    """Look at the study in every way there is; raise what any of them raises."""
    submission = read_submission(runs, "s")
    seen = Observer(runs, submission).look()
    status_json(submission, seen), notes(submission, seen)
    live_lines(headway(submission, seen, last_logged(runs, seen), workers=1, now=0), 0, 80, 24)
    write_report(runs, submission, seen, runs.path / "report")
    trial_records(runs, submission, seen)
    for trial in seen.plan.trials:
        find_trial(runs, trial.id)
        why(submission, seen, trial)
        if seen.states[trial.id] is State.DONE:
            files(runs.trial(trial)), measures(runs.trial(trial), seen.evidence[trial.id])
    return seen


def made_folder(path: Path) -> None:
    path.mkdir()


def made_loop(path: Path) -> None:
    path.symlink_to(path.name)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_text(""),
    "torn": lambda path: path.write_text('{"format": 1, "ti'),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\0"),
    "a list": lambda path: path.write_text("[]"),
    "brackets": lambda path: path.write_text("[" * 100_000),
    "a large number": lambda path: path.write_text('{"time": ' + "9" * 10_000 + "}"),
    "another version": lambda path: path.write_text('{"format": 2}'),
    "a folder": made_folder,
    "a loop": made_loop,
    "a pipe": os.mkfifo,
}


@pytest.mark.parametrize("name", ["result.json", "attempts/001/claim.json", "attempts/001/exit.json"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_trial_is_told_and_the_others_are_shown(
    runs: RunFolder, damage: Callable[[Path], object], name: str
) -> None:
    file = first(runs).path / name
    file.unlink()
    damage(file)
    seen = look(runs)

    assert sorted(seen.states.values()) == ["DONE", "DONE", "FAILED"]
    assert f"{file} is damaged: " in "\n".join(notes(read_submission(runs, "s"), seen))


@pytest.mark.parametrize("name", ["metrics.jsonl", "saves.jsonl", "log.txt", "heartbeat"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_no_state_rests_on_may_be_anything(
    runs: RunFolder, damage: Callable[[Path], object], name: str
) -> None:
    file = first(runs).attempt(1) / name
    file.unlink(missing_ok=True)
    damage(file)

    assert set(look(runs).states.values()) == {State.DONE}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_study_is_told(runs: RunFolder, damage: Callable[[Path], object]) -> None:
    file = runs.study("s") / "study.json"
    file.unlink()
    damage(file)

    with pytest.raises(InternalEvidenceError, match=r"studies/s/study\.json is damaged: [^\[]*$"):
        read_submission(runs, "s")


def test_a_result_copied_from_another_trial_is_told(runs: RunFolder) -> None:
    other = runs.find()[-1].path
    shutil.copy(other / "result.json", first(runs).path / "result.json")

    assert sorted(look(runs).states.values()) == ["DONE", "DONE", "FAILED"]


def test_a_job_that_is_none_is_told(runs: RunFolder) -> None:
    (first(runs).path / "result.json").unlink()
    (first(runs).attempt(1) / "exit.json").unlink()
    claim = first(runs).attempt(1) / "claim.json"
    claim.write_text(claim.read_text().replace("slurm:1", "local:$(touch canary):x"))

    assert sorted(look(runs).states.values()) == ["DONE", "DONE", "FAILED"]


def test_what_stands_in_the_place_of_attempts_is_told(runs: RunFolder) -> None:
    shutil.rmtree(first(runs).attempts)
    first(runs).attempts.write_text("x")

    assert sorted(look(runs).states.values()) == ["DONE", "DONE", "FAILED"]


def test_other_things_beside_studies_and_attempts_are_passed_over(runs: RunFolder) -> None:
    (runs.path / "studies" / "a note.txt").write_text("x")
    (runs.path / "studies" / "empty").mkdir()
    for name in ("²", "12 copy", "x", "-1"):
        (first(runs).attempts / name).mkdir()

    assert set(look(runs).states.values()) == {State.DONE}


def test_a_damaged_study_does_not_hide_the_trials_of_others(runs: RunFolder) -> None:
    (runs.path / "studies" / "broken").mkdir()
    (runs.path / "studies" / "broken" / "study.json").write_text("{")

    assert set(look(runs).states.values()) == {State.DONE}


def test_a_link_that_leads_out_of_the_artifacts_is_listed_and_not_copied(
    runs: RunFolder, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    artifacts = first(runs).artifacts
    artifacts.mkdir()
    (artifacts / "link").symlink_to(tmp_path / "secret")
    shown = files(first(runs))["artifacts"]

    assert [attached.name for attached in shown] == ["artifacts.txt"]
    assert "artifacts/link  to " in (shown[0].text or "")


FIGURES = "figures:\n  - {{id: f, title: F, stage: a, artifact: {name}, series: [lr]}}\n"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../../../../secret.png", "leads out of"),
        ("link.png", "leads out of"),
        ("/etc/passwd", "leads out of"),
        ("bomb.png", "is no picture"),
        ("torn.png", "is no picture"),
        ("folder.png", "has left no"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_left_out(
    runs: RunFolder, tmp_path: Path, name: str, told: str
) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (2, 2)).save(secret)
    for folder in (one.path for one in runs.find()):
        (folder / "artifacts" / "folder.png").mkdir(parents=True)
        (folder / "artifacts" / "link.png").symlink_to(secret)
        (folder / "artifacts" / "torn.png").write_bytes(secret.read_bytes()[:30])
        (folder / "artifacts" / "bomb.png").write_bytes(bomb())
    (tmp_path / "f.yaml").write_text(FIGURES.format(name=name))
    submission = read_submission(runs, "s").model_copy(update={"reports": (str(tmp_path / "f.yaml"),)})
    report = write_report(runs, submission, look(runs), tmp_path / "out")

    assert told in report.left_out[0]
    assert not list((tmp_path / "out").rglob("*.png"))


def test_a_picture_that_would_fill_the_memory_is_an_error_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(bomb())

    for read in (load_rgb, load_grey, size_of):
        with pytest.raises(DatasetError, match=r"bomb\.png` cannot be read"):
            read(tmp_path / "bomb.png")
