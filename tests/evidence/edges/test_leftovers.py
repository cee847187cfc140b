import os
from pathlib import Path

import pytest

from orchestrator.evidence.edges.leftovers import (
    disk_use,
    left_by_submissions,
    left_by_trial,
    put_code_back,
    remove_gone,
    set_code_aside,
    set_gone,
    set_record_aside,
)
from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.edges.snapshot import take_snapshot

CODE = "0123456789ab"
BLOCK = 4096
"""At least: what a file of one byte takes on most file systems."""


@pytest.fixture
def runs(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "runs")


def lay(path: Path, size: int = BLOCK) -> Path:
    """Write a file whose bytes are really on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
    return path


def left(runs: RunFolder) -> dict[str, str]:
    folder = TrialFolder(runs.path / "trials/toy-0123")
    return {one.path.removeprefix("trials/toy-0123/"): one.kind for one in left_by_trial(runs, folder, 1)}


def code(runs: RunFolder) -> set[tuple[str, bool]]:
    return {(Path(one.path).name, one.gone) for one in left_by_submissions(runs, "s")}


def test_each_kind_has_its_place(runs: RunFolder) -> None:
    trial = runs.path / "trials/toy-0123"
    for folder in (
        "checkpoint",
        "checkpoint.until-002",
        "artifacts",
        "work",
        "attempts/001/work",
        "attempts/old/work",
    ):
        lay(trial / folder / "file")

    assert left(runs) == {
        "checkpoint": "checkpoint",
        "checkpoint.until-002": "set-aside",
        "attempts/001/work": "work",
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("checkpoint", "checkpoint"),
        ("checkpoint.until-002", "set-aside"),
        ("attempts/001/work", "work"),
    ],
)
def test_what_a_removal_left_is_found_again(runs: RunFolder, path: str, kind: str) -> None:
    folder = runs.path / "trials/toy-0123" / path
    lay(folder / "file")
    set_gone(folder)
    (one,) = left_by_trial(runs, TrialFolder(runs.path / "trials/toy-0123"), 1)

    assert not folder.exists()
    assert (one.kind, one.gone) == (kind, True)


@pytest.mark.parametrize("link", ["checkpoint", "attempts", "attempts/001"])
def test_links_to_folders_are_left_alone(runs: RunFolder, tmp_path: Path, link: str) -> None:
    for folder in ("state", "001/work", "work"):
        lay(tmp_path / "elsewhere" / folder / "file")
    trial = runs.path / "trials/toy-0123"
    (trial / link).parent.mkdir(parents=True)
    (trial / link).symlink_to(tmp_path / "elsewhere")

    assert left(runs) == {}


def test_a_snapshot_is_found_by_its_name(runs: RunFolder) -> None:
    for folder in (CODE, "notes", f".{CODE}.12.0123abcd", f".aside-{CODE[::-1]}"):
        lay(runs.study("s") / "code" / folder / "file")

    assert code(runs) == {(CODE, False)}


def test_what_is_old_has_nobody_at_it(runs: RunFolder) -> None:
    names = f".{CODE}.12.0123abcd", f".aside-{CODE}"
    for name in names:
        lay(runs.study("s") / "code" / name / "file")
        os.utime(runs.study("s") / "code" / name, (0, 0))

    assert code(runs) == {(names[0], True), (names[1], False)}


def test_a_snapshot_that_is_there_twice_is_needed_once(runs: RunFolder) -> None:
    for name in (CODE, f".aside-{CODE}"):
        lay(runs.study("s") / "code" / name / "file")
        os.utime(runs.study("s") / "code" / name, (0, 0))

    assert code(runs) == {(CODE, False), (f".aside-{CODE}", True)}


def test_sizes_are_those_on_the_disk(tmp_path: Path) -> None:
    lay(tmp_path / "a/deep/file", 10 * BLOCK)
    with (tmp_path / "a/hole").open("wb") as file:
        file.truncate(10**9)

    assert 10 * BLOCK <= disk_use(tmp_path / "a") < 30 * BLOCK


def test_links_are_not_followed(tmp_path: Path) -> None:
    lay(tmp_path / "large", 100 * BLOCK)
    (tmp_path / "a").mkdir()
    (tmp_path / "a/link").symlink_to(tmp_path / "large")
    (tmp_path / "a/folder").symlink_to(tmp_path)

    assert disk_use(tmp_path / "a") < 10 * BLOCK


@pytest.mark.parametrize(("other", "blocks"), [("a/other", 100), ("outside", 0)])
def test_a_file_of_two_names_counts_once_or_never(tmp_path: Path, other: str, blocks: int) -> None:
    file = lay(tmp_path / "a/file", 100 * BLOCK)
    os.link(file, tmp_path / other)

    assert blocks * BLOCK <= disk_use(tmp_path / "a") < (blocks + 10) * BLOCK


def test_whoever_is_second_finds_no_name(tmp_path: Path) -> None:
    lay(tmp_path / "checkpoint/file")

    assert set_gone(tmp_path / "checkpoint") is not None
    assert set_gone(tmp_path / "checkpoint") is None


def test_what_somebody_else_has_removed_is_gone(tmp_path: Path) -> None:
    remove_gone(tmp_path / "checkpoint")


def test_what_links_lead_to_stays(tmp_path: Path) -> None:
    kept = lay(tmp_path / "kept/file")
    (tmp_path / "work").mkdir()
    (tmp_path / "work/kept").symlink_to(kept.parent)
    remove_gone(tmp_path / "work")

    assert kept.exists()
    assert not (tmp_path / "work").exists()


def test_a_snapshot_that_nobody_may_write_to_can_be_removed(tmp_path: Path) -> None:
    code = take_snapshot(Path(__file__).parent, [], tmp_path).code
    gone = set_gone(tmp_path / code)
    assert gone is not None
    remove_gone(gone)

    assert [path.name for path in tmp_path.iterdir()] == [f"{code}.json"]


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """Give a folder with a snapshot and its record."""
    (tmp_path / CODE).mkdir()
    (tmp_path / CODE / "toy.py").write_text("x")
    (tmp_path / f"{CODE}.json").write_text("{}")
    return tmp_path


def test_a_snapshot_is_put_back_with_its_record(snapshot: Path) -> None:
    before = contents(snapshot)
    set_code_aside(snapshot, CODE)
    set_record_aside(snapshot, CODE)
    aside = contents(snapshot)
    put_code_back(snapshot, CODE)

    assert before.keys().isdisjoint(aside)
    assert contents(snapshot) == before


def test_a_snapshot_that_was_taken_again_stays(snapshot: Path) -> None:
    set_code_aside(snapshot, CODE)
    set_record_aside(snapshot, CODE)
    (snapshot / CODE).mkdir()
    (snapshot / CODE / "toy.py").write_text("new")
    put_code_back(snapshot, CODE)

    assert (snapshot / CODE / "toy.py").read_text() == "new"
    assert (snapshot / f"{CODE}.json").exists()


def test_only_one_may_set_a_snapshot_aside(snapshot: Path) -> None:
    assert set_code_aside(snapshot, CODE)
    assert not set_code_aside(snapshot, CODE)
