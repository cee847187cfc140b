import importlib
import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.evidence.edges.snapshot import take_snapshot

Take = Callable[..., Path]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a folder with a task."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "toy.py").write_text("x = 1\n")
    return folder


@pytest.fixture
def take(source: Path, tmp_path: Path) -> Take:
    """Give what takes a snapshot of the folder and returns where it lies."""

    def taken(**options: object) -> Path:
        return tmp_path / "into" / take_snapshot(source, ["toy"], tmp_path / "into", **options).code  # type: ignore[arg-type]

    return taken


def test_the_copy_keeps_what_was_there(source: Path, take: Take) -> None:
    copy = take()
    (source / "toy.py").write_text("x = 2\n")

    assert (copy / "toy.py").read_text() == "x = 1\n"


def test_the_engine_comes_along(take: Take) -> None:
    assert (take() / "orchestrator/engine/work.py").is_file()


def test_the_same_project_has_the_same_name(take: Take) -> None:
    assert take() == take()


@pytest.mark.parametrize(
    "change",
    [
        lambda source: (source / "toy.py").write_text("x = 2\n"),
        lambda source: (source / "config.json").write_text("{}"),
        lambda source: (source / "toy.py").chmod(0o755),
        lambda source: (source / "toy.py").rename(source / "toys.py"),
    ],
    ids=["code", "data", "executable", "name"],
)
def test_another_project_has_another_name(source: Path, take: Take, change: Callable[[Path], None]) -> None:
    before = take()
    change(source)

    assert take() != before


@pytest.mark.parametrize(("mode", "copied"), [(0o644, 0o444), (0o755, 0o555)])
def test_nobody_may_write_to_a_copy(source: Path, take: Take, mode: int, copied: int) -> None:
    (source / "run.sh").touch()
    (source / "run.sh").chmod(mode)

    assert (take() / "run.sh").stat().st_mode & 0o777 == copied


def test_what_the_study_was_read_from_is_neither_copied_nor_part_of_the_name(
    source: Path, take: Take
) -> None:
    study = source / "study.yaml"
    study.write_text("a")
    before = take(without=[study])
    study.write_text("b")

    assert take(without=[study]) == before
    assert not (before / "study.yaml").exists()


def test_names_that_are_no_utf_8_come_along(source: Path, take: Take) -> None:
    name = os.fsdecode(b"\xff.txt")
    subprocess.run(["git", "init", "-q", str(source)], check=True)
    (source / name).touch()

    assert (take() / name).is_file()


def test_the_record_of_a_snapshot_is_utf_8(tmp_path: Path) -> None:
    source = tmp_path / os.fsdecode(b"\xff")
    source.mkdir()
    code = take_snapshot(source, [], tmp_path / "into").code

    assert json.loads((tmp_path / f"into/{code}.json").read_text())["source"].endswith("\\xff")


def import_from(place: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a module into a folder or a zip, import it from there, and return its name."""
    if place.suffix == ".zip":
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr(file, "x = 1\n")
    else:
        (place / file).parent.mkdir(parents=True)
        (place / file).write_text("x = 1\n")
    monkeypatch.syspath_prepend(place)
    name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    importlib.import_module(name)
    return name


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        ("editable/src", "editable_package/__init__.py"),
        ("editable/src", "editable_module.py"),
        ("editable/src", "editable_space/inner/tasks.py"),
    ],
)
def test_a_task_from_elsewhere_comes_along(
    source: Path, monkeypatch: pytest.MonkeyPatch, folder: str, file: str
) -> None:
    into = source.parent / "into"
    name = import_from(source.parent / folder, file, monkeypatch)

    assert (into / take_snapshot(source, [name], into).code / file).is_file()


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        ("lib/site-packages", "regular_package/__init__.py"),
        ("lib/dist-packages", "debian_package/__init__.py"),
        ("lib/site-packages", "regular_space/tasks.py"),
    ],
)
def test_a_task_that_is_installed_stays_there(
    source: Path, monkeypatch: pytest.MonkeyPatch, folder: str, file: str
) -> None:
    into = source.parent / "into"
    name = import_from(source.parent / folder, file, monkeypatch)

    assert not (into / take_snapshot(source, [name], into).code / file).exists()


@pytest.mark.parametrize(("folder", "file"), [("..", "zipped_module.py"), (".", "zipped_too.py")])
def test_a_task_in_an_archive_is_told_to_stay_there(
    source: Path, monkeypatch: pytest.MonkeyPatch, folder: str, file: str
) -> None:
    archive = (source / folder / "other.zip").resolve()
    name = import_from(archive, file, monkeypatch)
    (note,) = take_snapshot(source, [name], source.parent / "into").notes

    assert note.startswith(f"not in the snapshot, read from archives: {name} ({archive}); ")
