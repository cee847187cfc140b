import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.engine.stop_mark import lay_stop
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.verbs.following import pieces
from tests.toy_fixture import environment
from tests.tracked_study import claim, face_study, leave, look
from tests.verbs.conftest import Type


def test_states_are_shown_for_each_stage(before: Type) -> None:
    done = before("status", "before")
    lines = {line.split()[0]: line.split()[1:] for line in done.out.splitlines()}

    assert done.code == 0
    assert lines["stage"] == ["trials", "DONE", "FAILED"]
    assert lines["failing"] == ["1", "·", "1"]


def test_what_failed_is_told_with_what_to_type_next(before: Type) -> None:
    assert "next: python -m orchestrator why 0662caba" in before("status", "before").err


def test_a_study_for_which_no_worker_lives_is_told(type_: Type, faces: RunFolder) -> None:
    assert type_("status", "faces").err.splitlines() == [
        "0/44 · 0 running · 0 CPU-hours so far",
        "nothing runs, and 44 trials wait for a worker",
        "next: python -m orchestrator advance faces",
    ]


def test_scripts_are_told_of_it_too(type_: Type, faces: RunFolder) -> None:
    assert json.loads(type_("status", "faces", "--json").out)["waiting_in_vain"] == 44


def test_a_study_that_is_stopped_says_how_to_go_on(type_: Type, faces: RunFolder) -> None:
    lay_stop(faces, "faces", "cancel")

    assert type_("status", "faces").err.splitlines() == [
        "0/44 · 0 running · 0 CPU-hours so far",
        "stopped by cancel",
        "next: python -m orchestrator submit /grids/faces.yaml",
    ]


def test_scripts_get_every_trial(before: Type) -> None:
    told = json.loads(before("status", "before", "--json").out)

    assert (len(told["trials"]), told["waiting_for_room"]) == (8, 0)


def test_a_study_that_is_over_is_watched_once(before: Type) -> None:
    done = before("watch", "before")

    assert done.code == 1
    assert done.err.endswith("hint: mend the cause, then python -m orchestrator retry before\n")


def test_nothing_is_started_where_nothing_is_wanted(before: Type) -> None:
    assert before("advance", "before").err.splitlines()[0] == "0 workers started, 0 live"


def test_the_newest_attempt_is_printed(type_: Type, faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    leave(claim(faces, trial, 1), "interrupted")
    claim(faces, trial, 2)

    assert type_("logs", trial.id[:8]).out == "attempt 2\n"
    assert type_("logs", trial.id[:8], "--attempt", "1").out == "attempt 1\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("logs", "0662caba", "--attempt", "7"), "has no such attempt; it has [1]"),
        (("logs", "ffff"), "trial `ffff` has no attempt yet, or is unknown"),
        (("why", "ffff"), "has a trial `ffff`"),
        (("status", "after"), "no study `after`"),
    ],
)
def test_what_is_not_there_ends_with_2(before: Type, words: tuple[str, ...], message: str) -> None:
    done = before(*words)

    assert done.code == 2
    assert message in done.err


def test_a_folder_without_a_submission_is_no_study(before: Type) -> None:
    Path("runs/studies/after").mkdir()

    assert "known are before\n" in before("status", "after").err


def test_a_folder_that_is_gone_is_told(type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    done = type_("status", "toy")

    assert done.code == 2
    assert done.err.startswith("error: the folder in which this was typed is gone\n")


def test_the_story_of_a_trial_goes_to_standard_output(before: Type) -> None:
    told = before("why", "0662")

    assert told.out.startswith("failing 0662caba8a7859c4: FAILED\n")
    assert told.err == (
        "next: python -m orchestrator logs 0662caba, then python -m orchestrator retry 0662caba\n"
    )


@pytest.mark.parametrize("follow", [True, False])
def test_the_log_of_an_attempt_that_ended_is_one_piece(faces: RunFolder, follow: bool) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    leave(claim(faces, trial), "interrupted")

    assert list(pieces(faces.trial(trial), 1, follow=follow)) == [b"attempt 1\n"]


def test_a_long_log_comes_in_pieces(faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    text = bytes(range(256)) * 1000
    (claim(faces, trial) / "log.txt").write_bytes(text)
    read = list(pieces(faces.trial(trial), 1, follow=False))

    assert max(map(len, read)) <= 65536
    assert b"".join(read) == text


STRANGE = b"10 %\r20 %\n\x1b[2J\xff\n"


@pytest.fixture
def strange_log(type_: Type, faces: RunFolder) -> str:
    """Give a trial whose log steers the terminal."""
    trial = look(faces, face_study()).plan.trials[0]
    (claim(faces, trial) / "log.txt").write_bytes(STRANGE)
    return trial.id[:8]


def logs(trial: str, output: int) -> int:
    """Print a log there, and return the exit code."""
    command = [sys.executable, "-m", "orchestrator", "logs", trial, "--runs", "runs"]
    return subprocess.run(command, stdout=output, env=environment(), check=False).returncode


def test_a_program_gets_every_byte_of_a_log(strange_log: str, tmp_path: Path) -> None:
    with (tmp_path / "output").open("wb") as output:
        logs(strange_log, output.fileno())

    assert (tmp_path / "output").read_bytes() == STRANGE


def test_a_terminal_is_not_steered_by_a_log(strange_log: str) -> None:
    terminal, inside = os.openpty()
    logs(strange_log, inside)
    shown = os.read(terminal, 1000).decode()
    os.close(terminal)
    os.close(inside)

    assert shown == "10 %\r\n20 %\r\n\ufffd[2J\ufffd\r\n"


def test_the_log_of_a_finished_trial_ends_with_its_metrics(before: Type) -> None:
    assert before("logs", "a09592dd").err == "toy.train-a09592dd07758287 is done: loss=0.2621\n"


def test_the_log_of_a_trial_that_is_not_done_has_no_such_end(before: Type) -> None:
    assert before("logs", "0662caba").err == "next: python -m orchestrator why 0662caba\n"


def test_a_log_is_shown_where_the_result_is_damaged(before: Type) -> None:
    next(Path("runs/trials").glob("**/*-a09592dd07758287/result.json")).write_text("{")
    said = before("logs", "a09592dd")

    assert said.code == 0
    assert said.err.startswith("note: ")
    assert "result.json is damaged" in said.err


def test_what_is_said_after_a_log_begins_a_line(before: Type) -> None:
    next(Path("runs/trials").glob("**/*-a09592dd07758287/attempts/001/log.txt")).write_text("50 %")
    terminal, inside = os.openpty()
    logs("a09592dd", inside)
    shown = os.read(terminal, 1000)
    os.close(terminal)
    os.close(inside)

    assert shown == b"50 %\r\n"


def test_a_log_is_not_followed_for_nobody(strange_log: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code = logs(strange_log, writing)
    os.close(writing)

    assert code == 0


def test_a_log_that_grows_is_followed_to_its_end(faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    attempt = claim(faces, trial)
    following = pieces(faces.trial(trial), 1, follow=True)
    read = next(following)
    with (attempt / "log.txt").open("a") as log:
        log.write("more\n")
    leave(attempt, "interrupted")

    assert read + b"".join(following) == b"attempt 1\nmore\n"


def test_without_a_log_nothing_is_printed(faces: RunFolder) -> None:
    trial = look(faces, face_study()).plan.trials[0]
    (claim(faces, trial) / "log.txt").unlink()

    assert list(pieces(faces.trial(trial), 1, follow=False)) == []
