import subprocess
from pathlib import Path

import pytest

from orchestrator.evidence.edges.snapshot import take_snapshot
from orchestrator.evidence.edges.stayed_behind import stayed_behind


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a folder in which git ignores one file."""
    folder = tmp_path / "code"
    folder.mkdir()
    subprocess.run(["git", "-C", str(folder), "init", "-q"], check=True)
    (folder / ".gitignore").write_text("ignored.csv\nignored/\nsets/\n")
    return folder


def told(source: Path, tmp_path: Path, name: str, *without: Path) -> str:
    """Return what is told of a file that was there when the snapshot was taken."""
    into = tmp_path / "into"
    snapshot = into / take_snapshot(source, [], into, without=without, largest=2_000_000).code
    return stayed_behind(name, snapshot, without) or ""


LARGE = (
    "it is larger than `largest_file`: put it below the data folder, or write `code: {largest_file: 3MB}` "
    "in the study"
)


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("ignored.csv", 1, "git ignores it: take it out of .gitignore, or type: git add -f ignored.csv"),
        ("ignored/a.csv", 1, "git ignores it: take it out of .gitignore, or type: git add -f ignored/a.csv"),
        ("large.bin", 2_500_000, LARGE),
    ],
)
def test_a_file_that_stays_behind_is_told_with_the_reason(
    source: Path, tmp_path: Path, name: str, size: int, reason: str
) -> None:
    (source / name).parent.mkdir(exist_ok=True)
    (source / name).write_bytes(b"x" * size)

    assert told(source, tmp_path, name) == (
        f"`{name}` lies in {source}, but not in the snapshot that trials see; {reason}"
    )


def test_a_file_of_the_datasets_is_told_to_be_opened_there(source: Path, tmp_path: Path) -> None:
    data = source / "sets"
    data.mkdir()
    (data / "labels.csv").touch()

    assert "it lies in the folder of datasets or of runs" in told(source, tmp_path, "sets/labels.csv", data)


def test_the_study_file_is_told_to_stay_behind(source: Path, tmp_path: Path) -> None:
    (source / "study.yaml").touch()

    assert "the study is written in it" in told(source, tmp_path, "study.yaml", source / "study.yaml")


def test_what_lies_behind_a_link_is_told(source: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/labels.csv").touch()
    (source / "linked").symlink_to(tmp_path / "elsewhere")

    assert "`linked` is a link to a folder" in told(source, tmp_path, "linked/labels.csv")


def test_a_file_that_was_written_since_is_told_to_be_new(source: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "into" / take_snapshot(source, [], tmp_path / "into").code
    (source / "labels.csv").touch()

    assert str(stayed_behind("labels.csv", snapshot, [])).endswith("it was not there at `submit`")


def test_a_file_that_is_in_the_snapshot_did_not_stay_behind(source: Path, tmp_path: Path) -> None:
    (source / "labels.csv").touch()

    assert not told(source, tmp_path, "labels.csv")


def test_a_file_that_is_nowhere_did_not_stay_behind(source: Path, tmp_path: Path) -> None:
    assert not told(source, tmp_path, "labels.csv")
