import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from tasks.fetch.download import FetchError
from tasks.fetch.unpack import unpack


def pack(path: Path, **files: str) -> Path:
    """Write an archive of the kind that its name says; `__` in a name stands for a slash."""
    content = {name.replace("__", "/"): text.encode() for name, text in files.items()}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as file:
            for name, data in content.items():
                file.writestr(name, data)
        return path
    with tarfile.open(path, "w:gz") as tar:
        for name, data in content.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


@pytest.mark.parametrize("kind", ["a.tgz", "a.zip"])
def test_an_archive_is_laid_into_a_folder(tmp_path: Path, kind: str) -> None:
    unpack(pack(tmp_path / kind, faces__a="1", lists="2"), tmp_path / "into")

    assert (tmp_path / "into/faces/a").read_text() == "1"
    assert sorted(one.name for one in (tmp_path / "into").iterdir()) == ["faces", "lists"]


def test_the_folder_in_an_archive_becomes_the_dataset_s(tmp_path: Path) -> None:
    unpack(pack(tmp_path / "a.zip", Top__faces__a="1"), tmp_path / "into", "Top")

    assert (tmp_path / "into/faces/a").read_text() == "1"


def test_an_archive_without_that_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="has no folder `Top`"):
        unpack(pack(tmp_path / "a.zip", faces__a="1"), tmp_path / "into", "Top")


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    (tmp_path / "into/lists").write_text("mine")
    unpack(pack(tmp_path / "a.tgz", faces__a="1", lists="2"), tmp_path / "into")

    assert (tmp_path / "into/lists").read_text() == "mine"


@pytest.mark.parametrize("kind", ["a.tgz", "a.zip"])
def test_nothing_is_laid_outside(tmp_path: Path, kind: str) -> None:
    packed = pack(tmp_path / kind, **{"..__..__out": "1"})
    if kind == "a.zip":
        unpack(packed, tmp_path / "deep/into")
    else:
        with pytest.raises(FetchError, match="cannot be unpacked"):
            unpack(packed, tmp_path / "deep/into")

    assert not list(tmp_path.rglob("deep/out")) + list(tmp_path.glob("out"))


@pytest.mark.parametrize("kind", ["a.tgz", "a.zip"])
def test_a_damaged_archive_leaves_nothing(tmp_path: Path, kind: str) -> None:
    packed = pack(tmp_path / kind, faces__a="1" * 5000, lists="2")
    packed.write_bytes(packed.read_bytes()[: packed.stat().st_size // 2])
    with pytest.raises(FetchError, match="cannot be unpacked"):
        unpack(packed, tmp_path / "into")

    assert not list((tmp_path / "into").iterdir())


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as tar:
        link = tarfile.TarInfo("out")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    with pytest.raises(FetchError, match="cannot be unpacked"):
        unpack(tmp_path / "a.tgz", tmp_path / "into")
