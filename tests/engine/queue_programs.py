"""sbatch, squeue and scancel as small programs on PATH that keep a queue in a folder and start nothing."""

import json
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.places.slurm import queue as slurm_queue
from tests.toy_fixture import Toy

SBATCH = """
last=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\)%.*/\\1/p' "$script")
name=$(sed -n 's/^#SBATCH --job-name=//p' "$script")
echo "$name" >> calls
call=$(wc -l < calls)
if [ -f before ]; then . ./before; fi
number=1
while ! mkdir "jobs/$number" 2>/dev/null; do number=$((number + 1)); done
for index in $(seq 0 "${last:-0}"); do
    echo "$number${last:+_$index}|PD|$name|." > "jobs/$number/.$index"
done
for index in $(seq 0 "${last:-0}"); do mv "jobs/$number/.$index" "jobs/$number/$index"; done
if [ -f after ]; then . ./after; fi
echo "Submitted batch job $number"
"""
SQUEUE = """
if [ -f silent ]; then . ./silent; fi
case "$*" in
    *--states=all*) cat ended; exit 0;;
    *--format=%e*) cat end; exit 0;;
esac
cat jobs/*/* 2>/dev/null
exit 0
"""
SCANCEL = """
case "$*" in *--signal=*) echo "$*" >> signals; exit 0;; esac
for word in "$@"; do case "$word" in
    --*) ;;
    *_*) rm -f "jobs/${word%_*}/${word#*_}" ;;
    *) rm -f "jobs/$word"/* ;;
esac; done
"""
FULL = """
if [ $(cat jobs/*/* 2>/dev/null | wc -l) -gt $((%d - 1 - ${last:-0})) ]; then
    echo 'sbatch: error: AssocMaxSubmitJobLimit' >&2
    echo 'sbatch: error: Batch job submission failed: Job violates accounting/QOS policy' >&2
    exit 1
fi
"""
"""What sbatch does before it queues, where a user may have so many jobs."""
PROFILE = "name: fake\nmax_workers: 9\nmax_array_size: 3\nlease: 20\npatience: 5\n"


@dataclass(frozen=True)
class Queue:
    """The programs' folder; what is written to `before`, `after` and `silent` there they carry out."""

    folder: Path

    def lines(self) -> list[tuple[str, str]]:
        """Return the number and the name of every job in the queue."""
        texts = [file.read_text() for file in self.folder.glob("jobs/*/[0-9]*")]
        return sorted((text.split("|")[0], text.split("|")[2]) for text in texts)

    def calls(self) -> int:
        """Return how often sbatch was called."""
        return len((self.folder / "calls").read_text().splitlines())

    def kinds(self, toy: Toy) -> list[str]:
        """Return the kind of each queued job, as the one submission that names it says."""
        queued = [job for job, _ in self.lines()]
        known = [(kind, job) for kind, job in named_jobs(toy) if job in queued]

        assert sorted(job for _, job in known) == queued, "each job is named once, and no other is queued"
        return sorted(kind for kind, _ in known)

    def empty(self, used: int = 0) -> None:
        """Let all jobs vanish; so many numbers are not given again."""
        shutil.rmtree(self.folder / "jobs")
        (self.folder / "jobs").mkdir()
        for number in range(used):
            (self.folder / "jobs" / str(number + 1)).mkdir()

    def does(self, when: str, script: str) -> None:
        """Let the programs do something besides."""
        (self.folder / when).write_text(script)

    def write(self, name: str, script: str) -> None:
        """Put a program on PATH; it runs in the folder, with its first word as `$script`."""
        program = self.folder / "bin" / name
        program.write_text(f'#!/bin/sh\nscript="$1"\ncd "{self.folder}" || exit 9\n{script}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def path(self) -> str:
        """Return what PATH has to be."""
        return f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"


def named_jobs(toy: Toy, study: str = "s") -> list[tuple[str, str]]:
    """Return the kind and the number of each job that a submission names; none may be left open."""
    jobs = []
    for folder in sorted((toy.folder / "runs/studies" / study / "jobs").glob("[0-9]*")):
        kind = json.loads((folder / "intent.json").read_text())["kind"]
        named = json.loads((folder / "submitted.json").read_text())["jobs"]
        jobs += [(kind, job.removeprefix("slurm:")) for job in named]
    return jobs


def make_programs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Put the programs with an empty queue on PATH, without accounting; each notes its environment."""
    queue = Queue(folder)
    monkeypatch.setattr(slurm_queue, "_memory", slurm_queue._Memory())
    (folder / "jobs").mkdir(parents=True)
    (folder / "bin").mkdir()
    programs = {"sbatch": SBATCH, "squeue": SQUEUE, "scancel": SCANCEL, "srun": "exit 0", "sacct": "exit 1"}
    for name, script in programs.items():
        queue.write(name, f"env >> environment\n{script}")
    monkeypatch.setenv("PATH", queue.path())
    return queue


def make_queue(toy: Toy, study: str, monkeypatch: pytest.MonkeyPatch, profile: str = PROFILE) -> Queue:
    """Put the programs with an empty queue on PATH, and write the study and a profile beside them."""
    queue = make_programs(toy.folder.parent / "queue", monkeypatch)
    (toy.folder / "fake.yaml").write_text(profile)
    toy.study(study)
    return queue
