"""Commands of Slurm are programs on PATH that we write."""

from pathlib import Path

import pytest

from orchestrator.places.slurm.command import AnswerError, ask, scheduler_environment


def test_variables_that_change_answers_or_jobs_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SQUEUE_FORMAT", "SBATCH_REQUEUE", "SLURM_TIME_FORMAT", "SLURM_CONF", "SCANCEL_VERBOSE"):
        monkeypatch.setenv(name, "x")
    environment = scheduler_environment()

    assert {name for name in environment if environment[name] == "x"} == {"SLURM_CONF"}


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'squeue: error: first' >&2; echo last >&2; exit 1", "last"),
        ("echo 'squeue: error: Unable to contact slurm controller'  >&2", "Unable to contact"),
        ("exit 3", "half"),
        ("echo 'still trying' >&2; exec sleep 100", "does not answer within 0.5 s: still trying"),
    ],
)
def test_an_answer_counts_only_when_it_is_whole(squeue: Path, script: str, words: str) -> None:
    squeue.write_text(f"#!/bin/sh\necho half\n{script}\n")

    with pytest.raises(AnswerError, match=words):
        ask(["squeue"], 0.5)


def test_a_program_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(AnswerError, match="there is no `scancel` here"):
        ask(["scancel"])
