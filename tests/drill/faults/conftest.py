"""A trial in a copy that nobody drives, and a real program that stands in for its worker."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orchestrator.drill.edges.victim import LocalVictim
from orchestrator.drill.small_copy import Running
from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.places.local import ThisMachine
from orchestrator.places.program import program_name

Begin = Callable[..., Running]


@dataclass
class Copy:
    """What a fault asks of a copy with one trial."""

    runs: RunFolder
    here: bool = True
    under_way: list[Running] = field(default_factory=list)
    signals: list[int] = field(default_factory=list)
    """Those that the driver got."""

    def workers(self) -> list[str]:
        return [one.job for one in self.under_way]

    def running(self) -> list[Running]:
        return self.under_way

    def trial_folder(self, trial: str) -> TrialFolder:
        return TrialFolder(self.runs.path / f"trials/toy-{trial}")

    def victim(self, job: str) -> LocalVictim:
        return LocalVictim(ThisMachine(), job)

    local_victim = victim

    def signal_driver(self, number: int) -> None:
        self.signals.append(number)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Give a copy whose only trial is at its first attempt."""
    copy = Copy(RunFolder(tmp_path))
    copy.trial_folder("1").attempt(1).mkdir(parents=True)
    copy.trial_folder("1").checkpoint.mkdir()
    return copy


@pytest.fixture
def folder(copy: Copy) -> TrialFolder:
    """Give the folder of the trial."""
    return copy.trial_folder("1")


@pytest.fixture
def begin(folder: TrialFolder) -> Iterator[Begin]:
    """Give what starts the trial's worker, which runs a shell line in the checkpoint folder and stays."""
    workers = []

    def begin(line: str = "", afterwards: str = "") -> Running:
        worker = subprocess.Popen(
            ["sh", "-c", f"{line}\necho ready\n{afterwards}\nexec sleep 600"],
            cwd=folder.checkpoint,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        workers.append(worker)
        assert worker.stdout is not None
        worker.stdout.readline()
        return Running(trial="1", folder=folder, attempt=1, job=program_name(worker.pid), began=0.0)

    yield begin
    for worker in workers:
        worker.kill()
        worker.wait()
