import os
from pathlib import Path

from orchestrator.drill.edges.checkpoint_files import damage, newest_file, saved_at


def write(path: Path, text: str, when: float) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, (when, when))
    return path


def test_the_newest_file_is_found_in_folders_too(tmp_path: Path) -> None:
    write(tmp_path / "old.pt", "abc", 10)
    new = write(tmp_path / "inner/new.pt", "abc", 20)

    assert newest_file(tmp_path) == new


def test_an_empty_file_and_one_under_way_are_no_checkpoint(tmp_path: Path) -> None:
    old = write(tmp_path / "old.pt", "abc", 10)
    write(tmp_path / "empty.pt", "", 20)
    write(tmp_path / "writing.tmp", "abc", 30)

    assert newest_file(tmp_path, under_way="writing.tmp") == old


def test_without_a_file_nothing_was_saved(tmp_path: Path) -> None:
    assert saved_at(tmp_path / "none") is None


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

    assert saved_at(tmp_path) == 10
