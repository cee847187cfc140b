"""What a worker does from its first look to its last: this program is one, on this machine."""

import os

import pytest

from orchestrator.engine.observe import Observer, read_submission
from orchestrator.engine.work import work
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.state import State
from orchestrator.places.job_log import JobLog, Launch, Launched
from orchestrator.places.profile import LOCAL
from orchestrator.places.program import program_name
from orchestrator.study.read import read_study
from tests.engine.workers import launch_on

ME = program_name(os.getpid())
pytestmark = pytest.mark.usefixtures("signals_put_back")
STUDY = "study: s\naxes: {lr: [0.1, 0.2]}\nstages: {train: {task: tests.toy_tasks.train, over: [lr]}}\n"


def launched(runs: RunFolder, *jobs: str) -> Launch:
    """Return a launch of these workers for a study of two trials."""
    file = runs.path.parent / "s.yaml"
    file.write_text(STUDY)
    launch = launch_on(runs.path, LOCAL, ME, study=read_study(file).study)
    return launch.settle(Launched(jobs=jobs))


def states(runs: RunFolder) -> list[State]:
    return list(Observer(runs, read_submission(runs, "s")).look().states.values())


def test_a_worker_trains_what_there_is_and_says_goodbye(runs: RunFolder) -> None:
    launch = launched(runs, ME)
    work(launch.folder, 0)

    assert states(runs) == [State.DONE] * 2
    assert launch.started() == launch.ended() == {ME}


def test_a_launch_that_does_not_name_it_ends_a_worker_at_once(runs: RunFolder) -> None:
    launch = launched(runs, "local:elsewhere:1:1")
    work(launch.folder, 0)

    assert states(runs) == [State.READY] * 2
    assert launch.started() == set()


def test_a_newer_submit_with_other_code_ends_a_worker(
    runs: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    launch = launch_on(runs.path, LOCAL, ME, code="other").settle(Launched(jobs=(ME,)))
    work(launch.folder, 0)

    assert "a newer submit wants other code" in capsys.readouterr().err
    assert JobLog(runs.study("s")).launch(1).ended() == {ME}
