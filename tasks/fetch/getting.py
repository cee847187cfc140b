"""Bring weights and datasets to where they belong, and say how each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tasks.data import layout
from tasks.fetch.catalogue import ARCHIVES, TERMS, WEIGHTS
from tasks.fetch.download import FetchError, download, mismatch
from tasks.fetch.unpack import unpack
from tasks.nets import weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tasks.fetch.catalogue import Archive, File, WeightFile


class Standing(StrEnum):
    """How one of them stands."""

    THERE = "there"
    FETCHED = "fetched"
    ABSENT = "absent"
    """It was only looked for; it has an address."""
    ASK = "ask"
    """Somebody has to ask for it, or to lay it there."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """How one of them stands, and what a user may do."""

    name: str
    kind: str
    """`weights` or `dataset`."""
    standing: Standing
    path: str
    text: str = ""
    """Why it is not there, where to ask, and how it must lie."""
    terms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Getter:
    """Where things go to and come from."""

    data: Path
    archives: Path
    """Archives are looked for here first, and kept here."""
    mirror: str | None
    """An address below which files lie by their names; asked before the others."""
    tell: Callable[[str, int, int | None], None]
    """Told a file's name, the bytes that are there, and those of the whole, None where nobody says."""
    look_only: bool = False
    """Say how things stand and fetch nothing."""

    def get(self, name: str) -> Got:
        """Bring one of the catalogue to its place; OSError where that cannot be written."""
        return self._weights(name, WEIGHTS[name]) if name in WEIGHTS else self._dataset(name)

    def _weights(self, name: str, one: WeightFile) -> Got:
        path = place_of(one)
        there = one.published.path_of(one.published.name) if one.published else path
        if there is not None and there.is_file():
            path = there
        standing, text = Standing.THERE, ""
        if not path.is_file() and self.look_only:
            standing, text = Standing.ABSENT, f"it comes from {' or '.join(one.file.urls)}"
        elif not path.is_file():
            standing = Standing.FETCHED
            try:
                self._fetch_weights(one, path)
            except FetchError as error:
                standing, text = Standing.FAILED, _by_hand(one, error)
        return Got(name=name, kind="weights", standing=standing, path=str(path), text=text)

    def _fetch_weights(self, one: WeightFile, path: Path) -> None:
        """Fetch a file of weights; of one that is converted what was fetched goes."""
        fetched = weights.hub_folder() / one.file.name
        ours = not fetched.is_file()
        if ours:
            self._file(one.file, fetched)
        if one.published is None:
            return
        from tasks.fetch import conversions  # torch takes seconds

        try:
            conversions.convert(one.published.name, fetched, path)
        finally:
            if ours:
                fetched.unlink()

    def _dataset(self, name: str) -> Got:
        root = self.data / (layout.LAYOUTS[name].folder or name)
        text, failed = layout.missing(name, self.data), list[str]()
        standing = Standing.THERE
        if text is not None:
            addressed = any(one.file.urls for one in ARCHIVES[name]) or self.mirror is not None
            if not self.look_only:
                failed = self._archives(ARCHIVES[name], root)
                text = layout.missing(name, self.data)
            standing = Standing.ABSENT if self.look_only and addressed else Standing.ASK
            standing = Standing.FETCHED if text is None else Standing.FAILED if failed else standing
        lines = [text.split("\nhint: ")[0]] if text else []
        return Got(
            name=name,
            kind="dataset",
            standing=standing,
            path=str(root),
            text="\n".join([*lines, *failed]),
            terms=TERMS[name],
        )

    def _archives(self, archives: Sequence[Archive], root: Path) -> list[str]:
        """Fetch and unpack what lacks; return what went wrong, of those that have an address."""
        failed = []
        for one in archives:
            if all((root / path).exists() for path in one.gives):
                continue
            kept = self.archives / one.file.name
            try:
                if kept.is_file():
                    if wrong := mismatch(kept, one.file.digest):
                        raise FetchError(f"`{kept}` is not that file: {wrong}")
                else:
                    self._file(one.file, kept)
                self._lay(one, kept, root)
            except FetchError as error:
                if one.file.urls or self.mirror or kept.is_file():
                    failed.append(f"{one.file.name}: {error}")
        return failed

    def _lay(self, one: Archive, kept: Path, root: Path) -> None:
        if one.packed:
            unpack(kept, root, one.top)
            return
        root.mkdir(parents=True, exist_ok=True)
        beside = root / f".{kept.name}.new"
        beside.write_bytes(kept.read_bytes())
        beside.replace(root / kept.name)

    def _file(self, file: File, path: Path) -> None:
        mirrors = (f"{self.mirror.rstrip('/')}/{file.name}",) if self.mirror else ()
        urls = (*mirrors, *file.urls)
        download(urls, path, file.digest, lambda have, whole: self.tell(file.name, have, whole))


def place_of(one: WeightFile) -> Path:
    """Return where weights are laid."""
    return weights.hub_folder() / (one.published.converted if one.published else one.file.name)


def _by_hand(one: WeightFile, error: FetchError) -> str:
    lay = f"lay {one.file.name} at `{weights.hub_folder()}`, and type the same command again"
    hand = f"\nor {one.published.by_hand}" if one.published else ""
    return f"{error}\nby hand: {lay}{hand}"
