from pathlib import Path

import pytest

from orchestrator.evidence.evidence import Result
from orchestrator.files.record_file import leave_record, publish, read_stored, reserve_room, write_beside
from orchestrator.messages.errors import InternalEvidenceError


def test_the_first_writer_wins(tmp_path: Path) -> None:
    assert [publish(tmp_path / "a", "first"), publish(tmp_path / "a", "late")] == [True, False]
    assert (tmp_path / "a").read_text() == "first"


def test_nothing_is_left_beside_a_file(tmp_path: Path) -> None:
    write_beside(tmp_path / "a", "1")
    publish(tmp_path / "a", "2")

    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is empty"),
        ('{"metrics": {"a"', "it is no whole JSON"),
        ("[]", "it does not hold a mapping"),
        ('{"metrics": "none"}', "metrics: `none` is text, but must be a mapping"),
        ('{"format": 2}', "format: it is of format 2, and this version of the program reads format 1"),
    ],
)
def test_a_file_that_was_damaged_is_told_with_its_path(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "result.json").write_text(text)

    with pytest.raises(InternalEvidenceError, match=rf"result\.json is damaged: .*{told}"):
        read_stored(tmp_path / "result.json", Result)


def test_a_record_takes_the_room_that_was_kept_for_it(tmp_path: Path) -> None:
    reserve_room(tmp_path / "exit.json")
    kept = [path.stat().st_size for path in tmp_path.iterdir()]
    leave_record(tmp_path / "exit.json", "{}")

    assert (kept, [path.name for path in tmp_path.iterdir()]) == ([65536], ["exit.json"])
