"""What a file system says of a trial that shows on one node late what another one wrote."""

import os
import time
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.edges.witness import Witness
from orchestrator.evidence.evidence import Claim, Evidence, Exit, Result
from orchestrator.evidence.state import State, own_state
from orchestrator.files.record_file import publish
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.program import program_name

CLUSTER = Profile(name="c", scheduler="slurm", lease=60)
SLURM = "slurm:7"


class Lagging(TrialFolder):
    """A folder of which this node does not see the result yet."""

    def read_result(self) -> Result | None:
        return None


def written(folder: TrialFolder, job: str) -> None:
    """Let a worker claim the trial and finish it."""
    folder.claim(1, Claim(worker="w", job=job, host="h", time=time.time(), code="c"))
    folder.publish_result(Result(metrics={"m": 1.0}, attempt=1, time=0, seconds=0, code="c"))
    publish(folder.attempt(1) / "exit.json", Exit(outcome="done", time=0, seconds=0).model_dump_json())


def seen(folder: TrialFolder, profile: Profile = CLUSTER) -> Evidence:
    return Witness(profile).read(folder, cancelled=False)


def test_a_trial_of_which_only_the_exit_is_seen_is_not_trained_again(tmp_path: Path) -> None:
    written(TrialFolder(tmp_path), SLURM)

    assert own_state(seen(Lagging(tmp_path))) is State.RUNNING
    assert own_state(seen(TrialFolder(tmp_path))) is State.DONE


def test_a_result_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    written(TrialFolder(tmp_path), SLURM)
    then = time.time() - 61
    os.utime(TrialFolder(tmp_path).attempt(1) / "exit.json", (then, then))

    assert own_state(seen(Lagging(tmp_path))) is State.LOST


def test_on_one_machine_a_result_that_was_taken_away_is_missed_at_once(tmp_path: Path) -> None:
    written(TrialFolder(tmp_path), program_name(os.getpid()))

    assert own_state(seen(Lagging(tmp_path), LOCAL)) is State.LOST


@pytest.mark.parametrize(("age", "state"), [(50, State.RUNNING), (70, State.LOST)])
def test_a_heartbeat_may_be_seen_as_late_as_the_lease(
    tmp_path: Path, squeue: Path, age: float, state: State
) -> None:
    squeue.write_text("#!/bin/sh\n")  # nothing is queued
    folder = TrialFolder(tmp_path / "trial")
    folder.claim(1, Claim(worker="w", job=SLURM, host="h", time=time.time(), code="c"))
    then = time.time() - age
    for name in ("claim.json", "heartbeat"):
        (folder.attempt(1) / name).touch()
        os.utime(folder.attempt(1) / name, (then, then))

    assert own_state(seen(folder)) is state
