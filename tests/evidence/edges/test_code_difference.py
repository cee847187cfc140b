from pathlib import Path

import pytest

from orchestrator.evidence.edges.code_difference import Snapshots, differing_files
from orchestrator.evidence.edges.snapshot import take_snapshot


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a folder with a task."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "toy.py").write_text("x = 1\n")
    (folder / "run.sh").write_text("echo\n")
    return folder


def taken(source: Path, study: str = "s") -> str:
    return take_snapshot(source, [], source.parent / "runs/studies" / study / "code").code


def differing(source: Path, *codes: str) -> tuple[str, ...] | None:
    return Snapshots(source.parent / "runs").differing(codes)


def test_a_changed_file_is_named(source: Path) -> None:
    before = taken(source)
    (source / "toy.py").write_text("x = 2\n")

    assert differing(source, before, taken(source)) == ("toy.py",)


def test_what_was_added_removed_or_made_executable_is_named(source: Path) -> None:
    before = taken(source)
    (source / "toy.py").rename(source / "toys.py")
    (source / "run.sh").chmod(0o755)

    assert differing(source, before, taken(source)) == ("run.sh", "toy.py", "toys.py")


@pytest.mark.parametrize(
    "text",
    [
        "study: a\nstages:\n  x: {}\n",
        "# a form of it\nextends: a.yaml\nstudy: b\n",
        "title: A\nstudy: a\ntables: []\n",
    ],
)
def test_study_and_report_files_are_no_code(source: Path, text: str) -> None:
    before = taken(source)
    (source / "a.yaml").write_text(text)

    assert differing(source, before, taken(source)) == ()


@pytest.mark.parametrize("text", ["study: a\nlr: 1\n", "study:\n  lr: 1\nstages: 3\n", "stages: 3\n"])
def test_other_yaml_may_be_read_by_code(source: Path, text: str) -> None:
    before = taken(source)
    (source / "settings.yaml").write_text(text)

    assert differing(source, before, taken(source)) == ("settings.yaml",)


def test_another_study_may_have_taken_the_snapshot(source: Path) -> None:
    before = taken(source, "other")
    (source / "toy.py").write_text("x = 2\n")

    assert differing(source, before, taken(source)) == ("toy.py",)


def test_the_engine_s_files_come_last(source: Path) -> None:
    runs = source.parent / "runs/studies/s/code"
    for code in ("a", "b"):
        (runs / code / "orchestrator").mkdir(parents=True)
        (runs / code / "orchestrator/cli.py").write_text(code)
        (runs / code / "toy.py").write_text(code)

    assert differing(source, "a", "b") == ("toy.py", "orchestrator/cli.py")


def test_what_workers_leave_in_a_snapshot_is_no_difference(source: Path) -> None:
    before = taken(source, "s")
    after = taken(source, "t")
    kept = source.parent / "runs/studies/s/code" / before / "__pycache__"
    kept.mkdir()
    (kept / "toy.pyc").touch()

    assert differing(source, before, after) == ()


def test_nothing_is_claimed_of_a_snapshot_that_is_gone(source: Path) -> None:
    assert differing(source, taken(source), "0123") is None


def snapshots(folder: Path) -> tuple[Path, Path]:
    for code, names in (("a", ("toy.py", "old.py")), ("b", ("toy.py", "new.py", "orchestrator.py"))):
        (folder / code).mkdir()
        for name in names:
            (folder / code / name).write_text(code)
    return folder / "a", folder / "b"


def test_files_of_two_snapshots_are_told_with_how_they_differ(tmp_path: Path) -> None:
    assert differing_files(*snapshots(tmp_path)) == [
        ("new.py", "only in B"),
        ("old.py", "only in A"),
        ("orchestrator.py", "only in B"),
        ("toy.py", "changed"),
    ]


def test_a_snapshot_that_is_gone_is_told_in_one_line(tmp_path: Path) -> None:
    one, _ = snapshots(tmp_path)
    ((name, how),) = differing_files(one, tmp_path / "gone")

    assert f"{name} {how}" == "the code is another; what differs is not known, as a snapshot is gone"
