"""What programs tell each other of trials that ended."""

import math
from pathlib import Path

import pytest

from orchestrator.evidence.edges.journal import Entry, Journal, Journals
from orchestrator.evidence.evidence import Attempt, Claim, Evidence, Exit, Failure, Result, Stop

RESULT = Result(metrics={"loss": math.inf}, trial="ab", attempt=2, time=3, seconds=1, code="c")
CLAIM = Claim(worker="w", job="slurm:7_1", host="h", time=1, code="c", more_memory=900, gpus=1)
FAILED = Exit(outcome="failed", time=2, seconds=1, failure=Failure(kind="killed", message="by 9"))
EVIDENCE = Evidence(
    result=RESULT,
    attempts=(
        Attempt(number=1, claim=CLAIM, exit=FAILED, alive=False, stop=Stop(cause="user", time=2), saved=4),
        Attempt(number=2, claim=CLAIM, exit=Exit(outcome="done", time=3, seconds=1), alive=False),
    ),
)
DONE = Entry(trial="ab", sign=(10, 20), evidence=EVIDENCE)
HINT = Entry(trial="cd")


def test_an_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    Journal(tmp_path).write([DONE, HINT])

    assert Journals(tmp_path).news() == [DONE, HINT]


def test_nothing_is_told_twice(tmp_path: Path) -> None:
    journal, journals = Journal(tmp_path), Journals(tmp_path)
    journal.write([DONE])
    journals.news()
    journal.write([HINT])

    assert journals.news() == [HINT]
    assert journals.news() == []


def test_each_program_has_a_journal_of_its_own(tmp_path: Path) -> None:
    for _ in range(3):
        Journal(tmp_path).write([HINT])

    assert len(list((tmp_path / "journal").iterdir())) == 3
    assert Journals(tmp_path).news() == [HINT] * 3


def only(folder: Path) -> Path:
    return next((folder / "journal").iterdir())


@pytest.mark.parametrize(
    "torn", [b'{"trial": "e', b"\0\0\0\n", b"[]\n", b'{"trial": 3}\n', b"\xff\n"], ids=repr
)
def test_what_is_no_whole_entry_is_passed_over(tmp_path: Path, torn: bytes) -> None:
    journals = Journals(tmp_path)
    Journal(tmp_path).write([DONE])
    with only(tmp_path).open("ab") as file:
        file.write(torn)

    assert journals.news() == [DONE]
    assert journals.news() == []


def test_an_entry_that_becomes_whole_is_told_then(tmp_path: Path) -> None:
    journals = Journals(tmp_path)
    Journal(tmp_path).write([HINT])
    whole = only(tmp_path).read_bytes()
    only(tmp_path).write_bytes(whole + whole[:9])
    journals.news()
    only(tmp_path).write_bytes(whole + whole)

    assert journals.news() == [HINT]


def test_a_journal_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    journals = Journals(tmp_path)
    Journal(tmp_path).write([DONE, HINT])
    journals.news()
    only(tmp_path).write_text(HINT.model_dump_json() + "\n")

    assert journals.news() == [HINT]


def test_where_no_journal_can_be_written_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "journal").touch()
    Journal(tmp_path).write([HINT])

    assert Journals(tmp_path).news() == []
