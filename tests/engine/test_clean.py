"""`clean` beside whatever else is at work on the same study, in each order."""

import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.engine.clean import find_removable, remove
from orchestrator.evidence.edges import leftovers
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Claim, Result
from orchestrator.evidence.removable import CODE, KINDS, Leftover
from orchestrator.files.record_file import write_beside
from orchestrator.messages.errors import InternalEvidenceError
from orchestrator.places.job_log import Launched
from orchestrator.places.program import program_name
from orchestrator.study.trial import Trial
from tests.launches import begun
from tests.tracked_study import claim, face_study, finish, leave, look

OLD, NEW = "0123456789ab", "ba9876543210"
GONE = f"local:{socket.gethostname()}:1:0"
"""A program that was gone when it was named."""


def store(runs: RunFolder, name: str = "faces", *, code: str = NEW, keep: tuple[str, ...] = ()) -> None:
    """Submit the faces under a name, with two snapshots there."""
    study = face_study().study
    stages = tuple(stage.model_copy(update={"keep": keep}) for stage in study.stages)
    study = study.model_copy(update={"name": name, "stages": stages})
    submission = face_study().model_copy(update={"study": study, "code": code})
    write_beside(runs.study(name) / "study.json", submission.model_dump_json())
    for each in (OLD, NEW):
        (runs.study(name) / "code" / each).mkdir(parents=True, exist_ok=True)
        (runs.study(name) / "code" / f"{each}.json").write_text("{}")


def trials(runs: RunFolder) -> tuple[Trial, ...]:
    return look(runs, face_study()).plan.trials


def found(runs: RunFolder, *kinds: str) -> list[Leftover]:
    return list(find_removable(runs, "faces", kinds or KINDS).leftovers)


def code(runs: RunFolder) -> list[str]:
    """Return the snapshots that can be removed."""
    return [one.owner for one in found(runs, CODE)]


@pytest.fixture
def checkpoint(runs: RunFolder) -> Path:
    """Give the checkpoint of the first trial, which is done."""
    store(runs)
    trial = trials(runs)[0]
    claim(runs, trial)
    finish(runs, trial, {"iou": 0.5})
    folder = runs.trial(trial).checkpoint
    folder.mkdir()
    (folder / "state.txt").write_text("state")
    return folder


def test_a_finished_trial_keeps_its_checkpoint_no_longer_than_it_is_told(
    runs: RunFolder, checkpoint: Path
) -> None:
    (one,) = found(runs, "checkpoint")

    assert (one.stage, one.size > 0) == ("gender", True)
    assert remove(runs, "faces", one)
    assert [path.name for path in checkpoint.parent.iterdir() if "checkpoint" in path.name] == []


@pytest.mark.parametrize("name", ["faces", "other"])
def test_one_study_of_the_run_folder_that_keeps_it_is_enough(
    runs: RunFolder, checkpoint: Path, name: str
) -> None:
    store(runs, name, keep=("checkpoint",))

    assert found(runs, "checkpoint") == []


def test_a_study_that_cannot_be_read_may_keep_it(runs: RunFolder, checkpoint: Path) -> None:
    write_beside(runs.study("other") / "study.json", "{")

    with pytest.raises(InternalEvidenceError):
        found(runs, "checkpoint")


def test_a_zombie_is_not_disturbed(runs: RunFolder, checkpoint: Path) -> None:
    claim(runs, trials(runs)[0], 2)

    assert found(runs, "checkpoint") == []


@pytest.mark.parametrize("outcome", ["failed", "interrupted"])
def test_what_is_not_done_loses_nothing(runs: RunFolder, checkpoint: Path, outcome: str) -> None:
    trial = trials(runs)[1]
    attempt = claim(runs, trial)
    leave(attempt, outcome)
    for folder in (
        runs.trial(trial).checkpoint,
        attempt / "work",
        attempt.parents[1] / "checkpoint.until-001",
    ):
        folder.mkdir()

    assert [one.owner for one in found(runs, *KINDS[:-1])] == [trials(runs)[0].id]


def test_an_attempt_that_was_begun_meanwhile_keeps_its_checkpoint(runs: RunFolder, checkpoint: Path) -> None:
    (one,) = found(runs, "checkpoint")
    claim(runs, trials(runs)[0], 2)

    assert not remove(runs, "faces", one)
    assert checkpoint.exists()


def test_a_trial_whose_result_was_taken_away_meanwhile_keeps_its_checkpoint(
    runs: RunFolder, checkpoint: Path
) -> None:
    (one,) = found(runs, "checkpoint")
    (checkpoint.parent / "result.json").unlink()

    assert not remove(runs, "faces", one)
    assert checkpoint.exists()


def test_two_at_once_remove_everything_once(runs: RunFolder, checkpoint: Path) -> None:
    seen_by_both = found(runs)

    assert [remove(runs, "faces", one) for one in seen_by_both] == [True, True]
    assert [remove(runs, "faces", one) for one in seen_by_both] == [False, False]


def test_a_killed_one_is_gone_on_with(runs: RunFolder, checkpoint: Path) -> None:
    leftovers.set_gone(checkpoint)
    (one,) = found(runs, "checkpoint")

    assert remove(runs, "faces", one)
    assert found(runs, "checkpoint") == []


def test_states_are_what_they_were(runs: RunFolder, checkpoint: Path) -> None:
    attempt = claim(runs, trials(runs)[1])
    leave(attempt, "failed")
    before = look(runs, face_study())
    for one in found(runs):
        remove(runs, "faces", one)

    assert look(runs, face_study()) == before


STEPS = {"os.rename", "os.remove", "os.rmdir", "os.utime", "os.link"}


def clean_in_fork(runs: RunFolder, deadly_step: int) -> int:
    """Remove everything in a program that is killed before a step; return its wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    taken = 0

    def hook(event: str, _arguments: tuple[Any, ...]) -> None:
        nonlocal taken
        taken += event in STEPS
        if event in STEPS and taken == deadly_step:
            os.kill(os.getpid(), signal.SIGKILL)

    can = found(runs)
    sys.addaudithook(hook)
    for one in can:
        remove(runs, "faces", one)
    os._exit(0)


def test_whenever_it_is_killed_the_next_one_goes_on(
    runs: RunFolder, checkpoint: Path, tmp_path: Path
) -> None:
    states = look(runs, face_study()).states
    deadly_step, status = 0, 1
    while status:
        deadly_step += 1
        copy = RunFolder(tmp_path / f"copy-{deadly_step}")
        shutil.copytree(runs.path, copy.path)
        status = clean_in_fork(copy, deadly_step)
        for aside in (copy.study("faces") / "code").glob(".aside-*"):
            os.utime(aside, (0, 0))  # a day later
        whole = {path.name for path in copy.trial(trials(copy)[0]).path.iterdir()}
        assert "checkpoint" not in whole or any(copy.path.glob("trials/*/*/checkpoint/state.txt"))
        for one in found(copy):
            remove(copy, "faces", one)
        assert look(copy, face_study()).states == states
        left = {path.name for path in copy.path.rglob("*")}
        assert {name for name in left if name.startswith((".gone", ".aside", "checkpoint", OLD))} == set()

    assert deadly_step > 8


# --- code ----------------------------------------------------------------------------------------


def test_code_that_nothing_names_can_be_removed(runs: RunFolder) -> None:
    store(runs)
    (one,) = found(runs, CODE)

    assert remove(runs, "faces", one)
    assert {path.name for path in (runs.study("faces") / "code").iterdir()} == {NEW, f"{NEW}.json"}


def test_code_of_a_result_stays(runs: RunFolder) -> None:
    """That of a trial that belongs to no study any more, too."""
    store(runs)
    result = Result(metrics={}, attempt=1, time=0, seconds=1, code=OLD)
    write_beside(runs.path / "trials/toy-0123/result.json", result.model_dump_json())

    assert code(runs) == []


@pytest.mark.parametrize(("done", "left"), [(False, []), (True, [OLD])], ids=["unfinished", "finished"])
def test_code_of_an_attempt_stays_until_its_trial_is_done(
    runs: RunFolder, done: bool, left: list[str]
) -> None:
    store(runs)
    trial = trials(runs)[0]
    claimed = Claim(worker="w", job=GONE, host="h", time=0, code=OLD)
    runs.trial(trial).claim(1, claimed)
    if done:
        claim(runs, trial, 2)
        finish(runs, trial, {"iou": 0.5}, number=2)

    assert code(runs) == left


@pytest.mark.parametrize(
    ("jobs", "left"),
    [
        (None, []),
        ((GONE,), [OLD]),
        ((program_name(os.getpid()),), []),
        (("local:elsewhere:1:2",), []),
        ((), [OLD]),
    ],
    ids=["open", "gone", "alive", "who knows", "given up"],
)
def test_code_of_a_worker_that_may_live_stays(
    runs: RunFolder, jobs: tuple[str, ...] | None, left: list[str]
) -> None:
    store(runs)
    launch = begun(runs.study("faces"), cluster="local", code=OLD, starter=GONE)
    if jobs is not None:
        launch.settle(Launched(jobs=jobs))

    assert code(runs) == left


def test_a_worker_that_has_said_goodbye_may_still_look_after_its_study(runs: RunFolder) -> None:
    store(runs)
    launch = begun(runs.study("faces"), cluster="local", code=OLD, starter=GONE)
    launch.settle(Launched(jobs=(program_name(os.getpid()),))).mark("ended", 0, program_name(os.getpid()))

    assert code(runs) == []


def test_a_worker_elsewhere_that_has_said_goodbye_is_gone(runs: RunFolder) -> None:
    store(runs)
    launch = begun(runs.study("faces"), cluster="local", code=OLD, starter=GONE)
    launch.settle(Launched(jobs=("local:elsewhere:1:2",))).mark("ended", 0, "local:elsewhere:1:2")

    assert code(runs) == [OLD]


def test_a_damaged_result_may_name_any_code(runs: RunFolder) -> None:
    store(runs)
    write_beside(runs.path / "trials/toy-0123/result.json", "{")
    can = find_removable(runs, "faces", (CODE,))

    assert can.leftovers == ()
    assert "result.json is damaged" in can.damage
