import pytest

from orchestrator.drill.faults.disk import Disk
from orchestrator.drill.legs import Course
from orchestrator.drill.small_copy import Running
from orchestrator.evidence.evidence import Exit, Failure
from tests.drill.faults.conftest import Copy


@pytest.mark.parametrize(("kind", "wrong"), [("disk_full", 0), ("unknown", 1)])
def test_a_trial_has_to_fail_as_one_on_a_full_disk(copy: Copy, kind: str, wrong: int) -> None:
    folder = copy.trial_folder("1")
    fault = Disk(copy, {"1": Course()}, 0, print)
    fault.note(Running(trial="1", folder=folder, attempt=1, job="local:h:1:2", began=0.0), "full")
    ended = Exit(outcome="failed", time=0, seconds=1, failure=Failure(kind=kind, message=""))
    (folder.attempt(1) / "exit.json").write_text(ended.model_dump_json())
    fault.close()

    assert len(fault.wrong) == wrong
