import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.evidence.edges import project_files
from orchestrator.evidence.edges.project_files import Project
from orchestrator.messages.errors import UserError


@pytest.fixture(params=["git", "no git"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give an empty folder, with and without git."""
    folder = tmp_path / "code"
    folder.mkdir()
    if request.param == "git":
        git(folder, "init", "-q")
    return folder


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True)


ME = ("-c", "user.name=me", "-c", "user.email=me@nowhere")


def write(*files: Path, size: int = 1) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * size)


def project(source: Path, *without: Path, largest: int = 100) -> Project:
    found = Project(without, largest)
    found.add_project(source)
    return found


def names(source: Path, *without: Path) -> set[str]:
    return set(project(source, *without).files)


@pytest.mark.parametrize("name", ["labels.csv", "run.sh", "vocabulary.bin", "LICENSE", "deep/er/a.png"])
def test_a_file_belongs_to_the_project_whatever_its_name(source: Path, name: str) -> None:
    write(source / name)

    assert names(source) == {name}


def test_what_git_ignores_stays_behind(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path / "secret.py")
    (tmp_path / ".gitignore").write_text("secret.py\n")

    assert names(tmp_path) == {".gitignore"}


def test_a_folder_that_an_outer_repository_ignores_is_a_project(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path / "code/toy.py")
    (tmp_path / ".gitignore").write_text("*\n")

    assert names(tmp_path / "code") == {"toy.py"}


@pytest.mark.parametrize("submodule", [False, True])
def test_a_repository_within_the_project_comes_along(tmp_path: Path, submodule: bool) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path / "vendored/net.py")
    git(tmp_path / "vendored", "init", "-q")
    if submodule:
        git(tmp_path / "vendored", "add", ".")
        git(tmp_path / "vendored", *ME, "commit", "-qm", "one")
        git(tmp_path, "add", "vendored")

    assert names(tmp_path) == {"vendored/net.py"}


@pytest.mark.parametrize("name", ["train.log", "__pycache__/a.bin", "mlruns/0/meta.yaml"])
def test_what_programs_write_is_not_the_project(source: Path, name: str) -> None:
    write(source / name)

    assert not names(source)


def test_what_git_tracks_is_the_project_whatever_its_name(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path / "example.log")
    git(tmp_path, "add", ".")

    assert names(tmp_path) == {"example.log"}


def test_a_virtual_environment_stays_behind(source: Path) -> None:
    write(source / "env/pyvenv.cfg", source / "env/bin/python")

    assert not names(source)


@pytest.mark.parametrize("folders", [("trials", "studies/s/x"), ("studies/s/study.json",)])
def test_a_run_folder_stays_behind_wherever_it_lies(source: Path, folders: tuple[str, ...]) -> None:
    write(*(source / "out/first" / folder / "a.json" for folder in folders[:-1]))
    write(source / "out/first" / folders[-1], source / "toy.py")

    assert names(source) == {"toy.py"}


def test_the_run_folder_and_the_data_that_were_given_stay_behind(source: Path, tmp_path: Path) -> None:
    write(source / "mine/a.json", source / "pictures/a.png", source / "toy.py")
    (tmp_path / "link").symlink_to(source / "pictures")

    assert names(source, source / "mine", tmp_path / "link") == {"toy.py"}


def test_in_a_project_that_is_its_own_run_folder_the_records_stay_behind(source: Path) -> None:
    write(source / "studies/s/study.json", source / "trials/t/trial.json", source / "toy.py")

    assert names(source, source) == {"toy.py"}


def test_a_package_comes_along_though_it_is_named_as_data(source: Path) -> None:
    write(source / "data/__init__.py", source / "data/read.py")

    assert names(source, source / "data") == {"data/__init__.py", "data/read.py"}


def test_a_module_that_git_tracks_comes_along_though_it_lies_in_the_data(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path / "data/read.py", tmp_path / "data/labels.csv")
    git(tmp_path, "add", ".")

    assert names(tmp_path, tmp_path / "data") == {"data/read.py"}


def test_without_git_a_folder_of_data_stays_behind(tmp_path: Path) -> None:
    write(tmp_path / "data/read.py", tmp_path / "runs/a.py")

    assert not names(tmp_path)


def test_a_large_file_stays_behind_and_is_told(source: Path) -> None:
    write(source / "a.bin", size=101)
    found = project(source)

    assert not found.files
    assert "larger than 1 MB: a.bin (1 MB)" in found.notes()[0]
    assert "raise `code: {largest_file: 1MB}`" in found.notes()[0]


def test_a_link_to_a_file_is_that_file(source: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere.csv", size=7)
    (source / "labels.csv").symlink_to(tmp_path / "elsewhere.csv")

    assert project(source).files["labels.csv"].size == 7


def test_a_link_to_a_folder_stays_behind_and_is_told(source: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/a.csv")
    (source / "pictures").symlink_to(tmp_path / "elsewhere")
    found = project(source)

    assert not found.files
    assert "links to folders: pictures" in found.notes()[0]


def test_what_is_no_file_is_passed_over(source: Path) -> None:
    os.mkfifo(source / "pipe.py")
    (source / "gone.py").symlink_to("nowhere")

    assert not names(source)


def test_a_name_may_hold_any_bytes(source: Path) -> None:
    name = os.fsdecode(b"a\xff.py")
    write(source / name)

    assert names(source) == {name}


def test_many_files_are_refused_with_where_they_lie(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_files, "_MOST_FILES", 3)
    write(*(source / f"images/{number}.png" for number in range(3)), source / "toy.py")

    with pytest.raises(UserError, match=r"holds more than 3 files.*most lie in images/ \(3\)"):
        project(source)


def test_a_large_project_is_told(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_files, "_LARGE_IN_ALL", 3)
    write(source / "a.bin", size=4)

    assert "the snapshot has 1 MB" in project(source).notes()[0]
