import os
from pathlib import Path

import pytest

from orchestrator.drill.edges.checkpoint_files import damage, glimpse, is_temporary, kept_names, newest_file


def write(path: Path, text: str, when: float) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, (when, when))
    return path


def test_the_newest_file_is_found_in_folders_too(tmp_path: Path) -> None:
    write(tmp_path / "old.pt", "abc", 10)
    new = write(tmp_path / "inner/new.pt", "abc", 20)

    assert newest_file(tmp_path) == (new, 20)


def test_an_empty_file_and_one_under_way_are_no_checkpoint(tmp_path: Path) -> None:
    old = write(tmp_path / "old.pt", "abc", 10)
    write(tmp_path / "empty.pt", "", 20)
    write(tmp_path / "writing.tmp", "abc", 30)

    assert newest_file(tmp_path, under_way="writing.tmp") == (old, 10)


def test_without_a_file_nothing_was_saved(tmp_path: Path) -> None:
    assert newest_file(tmp_path / "none") is None


def test_truncated_is_half(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pt", "abcdef", 10)
    damage(path, "truncated")

    assert path.read_text() == "abc"


def test_a_flipped_bit_is_one_bit(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pt", "abcdef", 10)
    damage(path, "bit flipped")

    assert path.read_text() == "abceef"


def test_damage_cannot_be_seen_by_the_time(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pt", "abcdef", 10)
    damage(path, "truncated")

    assert newest_file(tmp_path) == (path, 10)


def test_a_file_is_finished_whose_name_is_kept_in_the_end(tmp_path: Path) -> None:
    write(tmp_path / "undisturbed/step-000000030-00ff00ff00ff00ff.pt", "abc", 10)
    kept = kept_names(tmp_path / "undisturbed")
    finished = write(tmp_path / "disturbed/step-000000007-123456789abcdef0.pt", "abc", 20)
    write(tmp_path / "disturbed/writing-4711.pt", "abc", 30)

    assert newest_file(tmp_path / "disturbed", kept) == (finished, 20)


@pytest.mark.parametrize("name", [".state.json.x1", "state.tmp", "state.new", "state.part"])
def test_names_that_look_temporary(name: str) -> None:
    assert is_temporary(Path(name))


def test_a_glimpse_changes_with_what_is_written(tmp_path: Path) -> None:
    write(tmp_path / "a.pt", "abc", 10)
    before = glimpse(tmp_path)
    write(tmp_path / "a.pt", "abcd", 10)

    assert glimpse(tmp_path) != before


def test_a_folder_that_is_not_there_shows_nothing(tmp_path: Path) -> None:
    assert glimpse(tmp_path / "none") == frozenset()
