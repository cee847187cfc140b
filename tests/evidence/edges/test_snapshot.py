import subprocess
from pathlib import Path

import pytest

from orchestrator.evidence.edges.snapshot import take_snapshot


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a folder with a task."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "toy.py").write_text("x = 1\n")
    return folder


def test_the_copy_keeps_what_was_there(source: Path, tmp_path: Path) -> None:
    code = take_snapshot(source, ["toy"], tmp_path / "into")
    (source / "toy.py").write_text("x = 2\n")

    assert (tmp_path / "into" / code / "toy.py").read_text() == "x = 1\n"


def test_other_code_has_another_name(source: Path, tmp_path: Path) -> None:
    first = take_snapshot(source, ["toy"], tmp_path / "into")
    (source / "toy.py").write_text("x = 2\n")

    assert take_snapshot(source, ["toy"], tmp_path / "into") != first


def test_the_engine_comes_along(source: Path, tmp_path: Path) -> None:
    code = take_snapshot(source, [], tmp_path / "into")

    assert (tmp_path / "into" / code / "orchestrator/engine/work.py").is_file()


def test_what_git_ignores_stays_behind(source: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(source)], check=True)
    (source / ".gitignore").write_text("secret.py\n")
    (source / "secret.py").write_text("")
    code = take_snapshot(source, ["toy"], tmp_path / "into")
    copied = {path.name for path in (tmp_path / "into" / code).iterdir()}

    assert {"toy.py"} <= copied
    assert "secret.py" not in copied


def test_without_git_a_package_named_data_comes_along_and_a_folder_of_data_does_not(
    source: Path, tmp_path: Path
) -> None:
    for folder in ("tasks/data", "data"):
        (source / folder).mkdir(parents=True)
        (source / folder / "read.py").write_text("")
    (source / "tasks/data/__init__.py").write_text("")
    copy = tmp_path / "into" / take_snapshot(source, [], tmp_path / "into")

    assert (copy / "tasks/data/read.py").exists()
    assert not (copy / "data").exists()
