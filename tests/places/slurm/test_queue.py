import time
from pathlib import Path

import pytest

from orchestrator.places.slurm.queue import Queued, end_of_job, parse_queue, queue_since


def answers(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\necho >> '{program.parent}/questions'\n{script}\n")


def questions(program: Path) -> int:
    return len((program.parent / "questions").read_text().splitlines())


def test_arrays_and_single_jobs() -> None:
    assert parse_queue("12_0|R|name|.\n12_1|PD|name|.\n13|CG|other|with bar|.\n") == [
        Queued(job="12_0", state="R", name="name"),
        Queued(job="12_1", state="PD", name="name"),
        Queued(job="13", state="CG", name="other|with bar"),
    ]


@pytest.mark.parametrize(
    "text", ["slurm_load_jobs error: Unable to contact slurm controller", "12_0|R|na", "\n12|R|a|.\n"]
)
def test_an_answer_that_is_no_table_or_not_whole_is_refused(text: str) -> None:
    assert parse_queue(text) is None


def test_one_question_serves_all_who_ask_at_the_same_time(squeue: Path) -> None:
    answers(squeue, "echo '1|R|a|.'")
    since = time.monotonic()

    assert queue_since(since, 5) == queue_since(since, 5) == [Queued(job="1", state="R", name="a")]
    assert questions(squeue) == 1


def test_an_old_answer_does_not_serve_who_asks_later(squeue: Path) -> None:
    answers(squeue, "exit 0")
    queue_since(time.monotonic(), 5)
    answers(squeue, "echo '1|R|a|.'")

    assert queue_since(time.monotonic(), 5) == [Queued(job="1", state="R", name="a")]


def test_a_scheduler_that_does_not_answer_is_left_alone_for_a_while(squeue: Path) -> None:
    answers(squeue, "exit 1")
    silence = [queue_since(time.monotonic(), 5) for _ in range(3)]

    assert silence == [None] * 3
    assert questions(squeue) == 1


@pytest.mark.parametrize("said", ["N/A", "NONE", "", "no time\nat all"])
def test_an_end_that_is_no_time_is_none(squeue: Path, said: str) -> None:
    answers(squeue, f"echo '{said}'")

    assert end_of_job("1", 5) is None


def test_an_end_is_a_unix_time(squeue: Path) -> None:
    answers(squeue, "echo 2001-09-09T01:46:40")

    assert end_of_job("1", 5) == time.mktime((2001, 9, 9, 1, 46, 40, 0, 0, -1))
