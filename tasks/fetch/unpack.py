"""Unpack an archive beside its place, and move it there once it is whole."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tasks.fetch.download import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterator


def unpack(archive: Path, into: Path, top: str | None = None) -> None:
    """Lay what an archive holds, or what its folder `top` holds, into a folder; what is there stays.

    A name that leads out of the folder is refused, and so are links out of it and devices. Raises FetchError
    where the archive is damaged or has no such folder.
    """
    into.mkdir(parents=True, exist_ok=True)
    with _beside(into) as folder:
        try:
            if zipfile.is_zipfile(archive):
                with zipfile.ZipFile(archive) as file:
                    file.extractall(folder)  # noqa: S202  it drops what leads out of the folder
            else:
                with tarfile.open(archive) as tar:
                    tar.extractall(folder, filter="data")
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error) as error:
            raise FetchError(f"`{archive}` cannot be unpacked: {error}") from error
        found = folder / top if top else folder
        if not found.is_dir():
            raise FetchError(f"`{archive}` has no folder `{top}`")
        for one in sorted(found.iterdir()):
            if not (into / one.name).exists():
                one.replace(into / one.name)


@contextmanager
def _beside(into: Path) -> Iterator[Path]:
    """Give a folder on the same file system, so that what was unpacked is moved and not copied."""
    with TemporaryDirectory(dir=into, prefix=".unpacking-") as folder:
        yield Path(folder)
