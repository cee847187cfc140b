"""What is made of answers about jobs that are gone: squeue and sacct are programs on PATH that we write."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.places.place import Ended
from orchestrator.places.slurm.accounting import ends_of

Write = Callable[[str, str], None]


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Give a function that writes a program of this name."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")

    def write(name: str, script: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    return write


def test_the_controller_is_believed_first(answers: Write) -> None:
    answers("squeue", "echo '7_1|NODE_FAIL|gpu02'")
    answers("sacct", "echo '7_1|COMPLETED|gpu02'")

    assert ends_of(["7_1"]) == {"7_1": Ended(kind="node_failure", state="NODE_FAIL", node="gpu02")}


def test_the_database_is_asked_for_what_the_controller_forgot(answers: Write) -> None:
    answers("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1")
    answers("sacct", "echo '7_1|CANCELLED by 1000|gpu02'")

    assert ends_of(["7_1"]) == {"7_1": Ended(kind="killed", state="CANCELLED by 1000", node="gpu02")}


def test_a_job_that_has_not_ended_is_not_told(answers: Write) -> None:
    answers("squeue", "echo '7_1|RUNNING|gpu02'")
    answers("sacct", "exit 1")

    assert ends_of(["7_1"]) == {}


def test_without_slurm_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert ends_of(["7"]) == {}


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("NODE_FAIL", "node_failure"),
        ("OUT_OF_MEMORY", "host_out_of_memory"),
        ("CANCELLED by 0", "killed"),
        ("CANCELLED+", "killed"),
        ("COMPLETED", "lost"),
    ],
)
def test_slurms_words_are_failure_classes(answers: Write, state: str, kind: str) -> None:
    answers("squeue", f"echo '7|{state}|n'")
    answers("sacct", "exit 1")

    assert ends_of(["7"])["7"].kind == kind
