import errno
from pathlib import Path

import pytest

from orchestrator.drill.faults.disk import Disk
from orchestrator.drill.legs import Course
from orchestrator.drill.small_copy import Running
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Exit, Failure
from tests.drill.edges.test_small_disk import on_small_disk
from tests.drill.faults.conftest import Begin, Copy


@pytest.mark.parametrize(("kind", "wrong"), [("disk_full", 0), ("unknown", 1)])
def test_a_trial_has_to_fail_as_one_on_a_full_disk(copy: Copy, kind: str, wrong: int) -> None:
    folder = copy.trial_folder("1")
    fault = Disk(copy, {"1": Course()}, 0, print)
    fault.note(Running(trial="1", folder=folder, attempt=1, job="local:h:1:2", began=0.0), "full")
    ended = Exit(outcome="failed", time=0, seconds=1, failure=Failure(kind=kind, message=""))
    (folder.attempt(1) / "exit.json").write_text(ended.model_dump_json())
    fault.close()

    assert len(fault.wrong) == wrong


def test_what_a_trial_gives_back_meanwhile_is_taken(tmp_path: Path, begin: Begin) -> None:
    def work() -> int:
        copy = Copy(RunFolder(tmp_path / "disk"))
        copy.trial_folder("1").attempt(1).mkdir(parents=True)
        before = copy.runs.path / "before.json"
        before.write_text("x" * 50_000)
        fault = Disk(copy, {"1": Course()}, 0, lambda _: None)
        fault.strike(running)
        copy.under_way = [running]
        before.unlink()
        fault.tick()
        try:
            before.write_text("x" * 50_000)
        except OSError as error:
            return error.errno or 0
        return 0

    running = begin()

    assert on_small_disk(tmp_path / "disk", work) == errno.ENOSPC
