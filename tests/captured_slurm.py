"""Programs that answer as a real Slurm 22.05 did: fakes on PATH with the answers below tests/captured."""

import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

CAPTURED = Path(__file__).with_name("captured")
ANSWERS = {
    "scontrol": ("scontrol_show_config.txt", "scontrol_show_partition.txt"),
    "sacctmgr": ("sacctmgr_show_assoc.txt", "sacctmgr_show_qos.txt"),
    "sinfo": ("sinfo.txt", "sinfo.txt"),
}


@dataclass(frozen=True)
class SlurmFake:
    """The programs of a Slurm that is not there."""

    folder: Path

    def program(self, name: str, line: str) -> None:
        """Let a program do what a shell line says, after it has noted its call."""
        file = self.folder / name
        log = shlex.quote(str(self.folder / "calls.log"))
        file.write_text(f'#!/bin/sh\necho "{name} $*" >>{log}\n{line}\n')
        file.chmod(0o755)

    def answer(self, name: str, text: str) -> None:
        """Let a program print a text."""
        self.program(name, f"printf %s {shlex.quote(text)}")

    def fail(self, name: str, words: str) -> None:
        """Let a program fail with an error."""
        self.program(name, f"echo {shlex.quote(words)} >&2; exit 1")

    def queue_for_ever(self) -> None:
        """Let sbatch queue a job that waits until it is cancelled."""
        here = shlex.quote(str(self.folder))
        gone = f"if grep -q scancel {here}/calls.log; then echo Invalid job id >&2; exit 1; fi"
        waits = "echo JobState=PENDING Reason=Resources EndTime=Unknown Requeue=0"
        site = (self.folder / "scontrol").read_text().splitlines()[-1]
        self.program("scontrol", f'case "$*" in *job*) {gone}; {waits}; exit;; esac\n{site}')
        self.answer("sbatch", "7\n")
        self.answer("scancel", "")

    def calls(self) -> list[str]:
        """Return the command lines so far."""
        return (self.folder / "calls.log").read_text().splitlines()


@pytest.fixture
def slurm_fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SlurmFake:
    """Put programs on PATH that answer as a real Slurm did."""
    fake = SlurmFake(tmp_path / "bin")
    fake.folder.mkdir()
    for name, (first, other) in ANSWERS.items():
        files = [shlex.quote(str(CAPTURED / file)) for file in (first, other)]
        line = f'case "$*" in *config*|*assoc*) cat {files[0]};; *) cat {files[1]};; esac'
        fake.program(name, line)
    fake.answer("sacct", "")
    monkeypatch.setenv("PATH", str(fake.folder), prepend=":")
    return fake
