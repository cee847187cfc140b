"""A copy of a study as its files show it; nobody drives it here."""

import json
import time
from pathlib import Path

import pytest

from orchestrator.drill.legs import Strike
from orchestrator.drill.small_copy import Copy, Source
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.evidence import Claim, Exit
from orchestrator.places.profile import LOCAL
from orchestrator.study.read import read_study

TASK = """
from pydantic import BaseModel
class Params(BaseModel): pass
def train(params: Params, context): return {"x": 1.0}
"""


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """Give a copy of a study of one trial."""
    (tmp_path / "copied.py").write_text(TASK)
    (tmp_path / "study.yaml").write_text("study: s\nstages:\n  train: {task: copied.train}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    given = tmp_path / "study.yaml"
    source = Source(read=read_study(given), profile=LOCAL, data=tmp_path, given=given)
    return Copy(source, tmp_path / "runs")


@pytest.fixture
def folder(copy: Copy) -> TrialFolder:
    """Give the folder of the trial."""
    trial = copy.outcomes()[0].id
    return TrialFolder(copy.runs.path / f"trials/{trial[:2]}/copied.train-{trial}")


def attempt(folder: TrialFolder, number: int, began: float, lines: dict[int, float], job: str) -> None:
    """Write an attempt that logged these steps at these times, and has no record of its end."""
    path = folder.attempt(number)
    path.mkdir(parents=True)
    claim = Claim(worker="w", job=job, host="h", time=began, code="c")
    (path / "claim.json").write_text(claim.model_dump_json())
    texts = [json.dumps({"step": step, "time": at, "metrics": {}}) for step, at in lines.items()]
    (path / "metrics.jsonl").write_text("".join(f"{text}\n" for text in texts))


def test_a_copy_begins_with_nothing_done(copy: Copy) -> None:
    assert [outcome.state for outcome in copy.outcomes()] == ["READY"]
    assert not copy.is_done()


def test_an_attempt_that_was_struck_ended_then(copy: Copy, folder: TrialFolder) -> None:
    trial = folder.path.name.rpartition("-")[2]
    attempt(folder, 1, 10.0, {0: 11.0, 1: 12.0}, "local:elsewhere:1:2")
    strike = Strike(trial=trial, attempt=1, time=12.5, how="killed")
    (leg,) = copy.legs(trial, [strike])

    assert (leg.began, leg.ended, leg.lines, leg.strike) == (10.0, 12.5, ((0, 11.0), (1, 12.0)), strike)


def test_a_course_knows_moments_and_the_names_of_checkpoints(copy: Copy, folder: TrialFolder) -> None:
    trial = folder.path.name.rpartition("-")[2]
    attempt(folder, 1, 10.0, {0: 11.0, 1: 13.0}, "local:elsewhere:1:2")
    folder.checkpoint.mkdir()
    (folder.checkpoint / "step-000000001.pt").touch()
    course = copy.course(trial)

    assert (course.steps, course.times, course.seconds) == ((0, 1), (1.0, 3.0), 3.0)
    assert course.kept == {"step-#.pt"}


def test_an_attempt_without_an_end_is_under_way(copy: Copy, folder: TrialFolder) -> None:
    attempt(folder, 1, time.time(), {}, "local:elsewhere:1:2")

    assert len(copy.running()) == 1


def test_an_attempt_with_an_end_is_over(copy: Copy, folder: TrialFolder) -> None:
    attempt(folder, 1, 10.0, {}, "slurm:7")
    ended = Exit(outcome="interrupted", time=11.0, seconds=1.0)
    (folder.attempt(1) / "exit.json").write_text(ended.model_dump_json())

    assert copy.running() == []


def test_files_that_were_never_renamed_are_unfinished(copy: Copy, folder: TrialFolder) -> None:
    folder.checkpoint.mkdir(parents=True)
    folder.artifacts.mkdir()
    for path in (folder.checkpoint / "writing.tmp", folder.checkpoint / "a.pt", folder.artifacts / ".hidden"):
        path.write_text("four")

    assert copy.unfinished_files() == {folder.checkpoint / "writing.tmp": 4}


def test_what_was_written_where_a_trial_ran_is_not_unfinished(copy: Copy, folder: TrialFolder) -> None:
    (folder.attempt(1) / "work").mkdir(parents=True)
    (folder.attempt(1) / "work/a.tmp").touch()

    assert not copy.unfinished_files()


GATHERING = """
study: s
axes: {seed: [0, 1]}
stages:
  train: {task: copied.train, over: [seed]}
  mean: {task: copied.train, needs: {all: {stage: train, all: true}}, over: [], params: {}}
"""


def test_an_outcome_knows_all_that_was_gathered_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "copied.py").write_text(TASK)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    given = tmp_path / "study.yaml"
    given.write_text(GATHERING)
    copy = Copy(Source(read=read_study(given), profile=LOCAL, data=tmp_path, given=given), tmp_path / "runs")
    *trained, mean = copy.outcomes()

    assert mean.needs == tuple(one.id for one in trained)
