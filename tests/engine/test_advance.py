"""What `advance` does when the cluster misbehaves: sbatch and squeue are programs on PATH that we write."""

import json
import os
import stat
from pathlib import Path

import pytest

from tests.toy_fixture import Toy

STUDY = "study: s\naxes: {lr: [0.1, 0.2, 0.3]}\nstages:\n  a: {task: toy.train, over: [lr]}\n"
PROFILE = "name: fake\nmax_workers: 9\nmax_array_size: 3\nlease: 1\n"


@pytest.fixture
def fake(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of programs that stand before the real ones on PATH."""
    programs = toy.folder / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    write(programs / "srun", "exit 0")
    write(programs / "squeue", "exit 0")
    write(programs / "sbatch", f'echo "$@" >> "{programs}/sbatch.log"; echo Submitted batch job $$')
    (toy.folder / "fake.yaml").write_text(PROFILE)
    toy.study(STUDY)
    return programs


def write(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def intents(toy: Toy) -> list[str]:
    return [
        json.loads(path.read_text())["kind"]
        for path in sorted((toy.folder / "runs/studies/s/jobs").glob("*/intent.json"))
    ]


def submitted(toy: Toy) -> list[list[str]]:
    return [
        json.loads(path.read_text())["jobs"]
        for path in sorted((toy.folder / "runs/studies/s/jobs").glob("*/submitted.json"))
    ]


def test_arrays_stay_below_the_sites_limit(toy: Toy, fake: Path) -> None:
    toy.type("submit", "study.yaml", "--cluster", "fake.yaml")
    counts = [
        json.loads(path.read_text())["count"]
        for path in sorted((toy.folder / "runs/studies/s/jobs").glob("*/intent.json"))
    ]

    assert counts == [2, 1, 1]  # two arrays and the sentinel


def test_a_refusal_is_told_and_nothing_is_taken_for_queued(toy: Toy, fake: Path) -> None:
    write(fake / "sbatch", "echo 'sbatch: error: invalid account' >&2; exit 1")
    refused = toy.type("submit", "study.yaml", "--cluster", "fake.yaml", code=1)

    assert "invalid account" in refused.stderr
    assert submitted(toy) == [[]]


def test_a_job_that_was_queued_though_sbatch_failed_is_found_again(toy: Toy, fake: Path) -> None:
    name = 'grep -o "job-name=[^ ]*" "$1" | head -1 | cut -d= -f2'
    write(fake / "sbatch", f"{name} > '{fake}/queued'; exit 1")
    write(fake / "squeue", f"test -s '{fake}/queued' && echo \"77_0|PD|$(cat '{fake}/queued')|.\"; exit 0")
    toy.type("submit", "study.yaml", "--cluster", "fake.yaml", code=None)

    assert submitted(toy)[0] == ["slurm:77_0", "slurm:77_1"]


def test_a_queue_that_does_not_answer_starts_nothing_more(toy: Toy, fake: Path) -> None:
    toy.type("submit", "study.yaml", "--cluster", "fake.yaml")
    before = intents(toy)
    write(fake / "squeue", "exit 1")
    toy.type("advance", "s")

    assert intents(toy) == before


def test_one_sentinel_is_enough_as_long_as_it_waits(toy: Toy, fake: Path) -> None:
    toy.study(STUDY.replace("[0.1, 0.2, 0.3]", "[0.1]"))
    toy.type("submit", "study.yaml", "--cluster", "fake.yaml")
    stay = [jobs[0] for jobs in submitted(toy)]
    lines = " ".join(f"'{job.removeprefix('slurm:')}|PD|x|.'" for job in stay)
    write(fake / "squeue", f"printf '%s\\n' {lines}")
    toy.study(STUDY.replace("[0.1, 0.2, 0.3]", "[0.1, 0.2]"))
    toy.type("submit", "study.yaml", "--cluster", "fake.yaml")
    toy.study(STUDY.replace("[0.1, 0.2, 0.3]", "[0.1]"))
    toy.type("submit", "study.yaml", "--cluster", "fake.yaml")

    assert intents(toy) == ["workers", "sentinel", "workers"]


def test_neither_worker_nor_sentinel_is_started_for_what_is_skipped(toy: Toy, fake: Path) -> None:
    with (toy.folder / "toy.py").open("a") as task:
        task.write("\n\ndef missing(params, data):\n    return ['there is no dataset']\n")
    toy.type("submit", "study.yaml", "--cluster", "fake.yaml", "--skip-missing-data")

    assert intents(toy) == []
    assert toy.json("status", "s")["states"] == {"SKIPPED": 3}


def test_workers_that_never_begin_end_the_patience(toy: Toy, fake: Path) -> None:
    toy.type("submit", "study.yaml", "--cluster", "fake.yaml")
    toy.type("advance", "s")
    stalled = toy.type("advance", "s", code=1)

    assert "ended before any worker began" in stalled.stderr


@pytest.mark.slow
def test_a_study_goes_from_a_cluster_to_this_machine(toy: Toy, fake: Path) -> None:
    toy.type("submit", "study.yaml", "--cluster", "fake.yaml")
    write(fake / "squeue", "exit 1")
    toy.type("submit", "study.yaml")

    assert toy.json("status", "s")["states"] == {"DONE": 3}


def test_without_slurm_the_user_is_told_where_to_go(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    toy.study(STUDY)
    (toy.folder / "fake.yaml").write_text(PROFILE)
    monkeypatch.setenv("PATH", "/nowhere")

    assert "login node" in toy.type("submit", "study.yaml", "--cluster", "fake.yaml", code=1).stderr
