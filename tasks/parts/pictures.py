"""Prepared pictures: decoded and cut once, in one file that every training maps into memory.

`pictures.bin` holds for each picture its pixels and then its masks, one byte each; `pictures.json` says what
lies where, and is written last: where it is, the other is whole.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch

from tasks.parts import feeding, images

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray
    from torch import Tensor

    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import Reading, Sample
    from tasks.parts.context import Context

S = TypeVar("S", bound="Sample")

FORMAT = "pictures 1"
PIXELS, INDEX = "pictures.bin", "pictures.json"
CHUNK = 64
FLUSH_SECONDS = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to prepare: how each row is loaded, and what is known about the rows."""

    names: tuple[str, ...]
    load: Callable[[int], tuple[Pixels, tuple[Mask, ...]]]  # row -> picture [H, W, C] and its masks [H, W]
    masks: tuple[str, ...] = ()  # what the masks are called
    labels: Mapping[str, Sequence[int]] = field(default_factory=dict)  # label -> its value in each row
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)  # `train`, ... -> names
    counts: Mapping[str, float] = field(default_factory=dict)  # what a result has to tell of the data
    digest: str  # of everything that the pixels depend on


@dataclass(frozen=True)
class Pictures:
    """Prepared pictures; the pixels are read from the file as they are used."""

    names: tuple[str, ...]
    sizes: tuple[tuple[int, int, int], ...]  # height, width, channels
    masks: tuple[str, ...]
    labels: Mapping[str, Tensor]  # int64 [N]
    parts: Mapping[str, Tensor]  # rows, int64: the dataset's own split; empty where it has none
    counts: Mapping[str, float]
    digest: str
    path: Path

    def picture(self, row: int) -> Pixels:
        """Return one picture, uint8 [H, W, C]."""
        height, width, channels = self.sizes[row]
        start = self._starts[row]
        flat: Pixels = self._bytes[start : start + height * width * channels]
        return flat.reshape(height, width, channels)

    def mask(self, name: str, row: int) -> Mask:
        """Return one mask of a picture, bool [H, W]; ValueError for a name that is none."""
        height, width, channels = self.sizes[row]
        start = self._starts[row] + height * width * (channels + self.masks.index(name))
        flat: Pixels = self._bytes[start : start + height * width]
        return flat.reshape(height, width).astype(bool)

    def batch(self, rows: Tensor) -> Tensor:
        """Return pictures of one size, uint8 [B, C, H, W]. rows: int64 [B]."""
        return images.stack([self.picture(row) for row in rows.tolist()])

    def mask_batch(self, name: str, rows: Tensor) -> Tensor:
        """Return masks of one size, bool [B, 1, H, W]. rows: int64 [B]."""
        return torch.from_numpy(np.stack([self.mask(name, row) for row in rows.tolist()])).unsqueeze(1)

    def rows(self, names: Sequence[str]) -> Tensor:
        """Return the rows of samples, int64; KeyError names one that is not there."""
        place = {name: row for row, name in enumerate(self.names)}
        return torch.tensor([place[name] for name in names], dtype=torch.int64)

    def labels_of(self, attributes: Sequence[str]) -> Tensor:
        """Return the labels of attributes, int64 [N, A]; ValueError names one that is not there."""
        if absent := [name for name in attributes if name not in self.labels]:
            raise ValueError(
                f"these pictures have no label `{absent[0]}`; they have: {', '.join(self.labels) or 'none'}\n"
                "hint: name it in `attributes` of the stage that prepares them"
            )
        return torch.stack([self.labels[name] for name in attributes], dim=1)

    def part(self, name: str) -> Tensor:
        """Return the rows of a part of the dataset's own split; ValueError where it has no such part."""
        if name not in self.parts:
            known = ", ".join(self.parts) or "none"
            raise ValueError(f"these pictures have no part `{name}`; they have: {known}")
        return self.parts[name]

    def check_side(self, image_size: int) -> None:
        """Raise ValueError unless every picture is a square of this side."""
        found = {size[:2] for size in self.sizes}
        if found != {(image_size, image_size)}:
            shown = ", ".join(f"{height}x{width}" for height, width in sorted(found)[:3])
            raise ValueError(
                f"this stage asks for pictures of {image_size}x{image_size}, prepared are {shown}\n"
                "hint: give both stages the same `image_size`"
            )

    @cached_property
    def _bytes(self) -> NDArray[np.uint8]:
        # Copy on write: torch wants memory that could be written to, the file never is.
        return np.memmap(self.path, dtype=np.uint8, mode="c")

    @cached_property
    def _starts(self) -> list[int]:
        lengths = [height * width * (channels + len(self.masks)) for height, width, channels in self.sizes]
        return [0, *np.cumsum(lengths).tolist()]


def order(
    reading: Reading[S],
    load: Callable[[S], tuple[Pixels, tuple[Mask, ...]]],
    *,
    preprocessing: str,
    masks: tuple[str, ...] = (),
    labels: Mapping[str, Sequence[int]] | None = None,
    parts: Mapping[str, Sequence[str]] | None = None,
) -> Order:
    """Return the order for all samples of a reading; `preprocessing` says in a line how they are cut.

    What the reader dropped or remarked upon goes into the log, and with the counts into every result.
    """
    log.log(logging.WARNING if reading.dropped or reading.remarks else logging.INFO, reading.summary())
    there = set(reading.names)
    return Order(
        names=reading.names,
        load=lambda row: load(reading.samples[row]),
        masks=masks,
        labels=labels or {},
        parts={part: [name for name in names if name in there] for part, names in (parts or {}).items()},
        counts=reading.metrics(),
        digest=hashlib.sha256(f"{reading.digest} {preprocessing}".encode()).hexdigest(),
    )


def write(given: Order, context: Context) -> Pictures:
    """Write `pictures.bin` and `pictures.json` into the artifacts and return the pictures.

    Goes on where an earlier attempt stopped. Raises InterruptedError when the context says stop.
    """
    pixels, index = context.artifact(PIXELS), context.artifact(INDEX)
    sizes = _Partial(pixels, context.checkpoint / "pictures.partial.json", given).fill(context)
    content = {"format": FORMAT, "sizes": sizes, **_described(given)}
    beside = index.with_suffix(".tmp")
    beside.write_text(json.dumps(content))
    beside.replace(index)
    return read(index.parent)


def read(folder: Path) -> Pictures:
    """Return the pictures in the artifacts folder of a `prepare` trial; ValueError for another format."""
    content = json.loads((folder / INDEX).read_text())
    if content["format"] != FORMAT:
        raise ValueError(f"`{folder / INDEX}` has format {content['format']}, this program reads {FORMAT}")
    return Pictures(
        names=tuple(content["names"]),
        sizes=tuple((height, width, channels) for height, width, channels in content["sizes"]),
        masks=tuple(content["masks"]),
        labels={name: torch.tensor(values) for name, values in content["labels"].items()},
        parts={name: torch.tensor(rows, dtype=torch.int64) for name, rows in content["parts"].items()},
        counts=content["counts"],
        digest=content["digest"],
        path=folder / PIXELS,
    )


def _described(given: Order) -> dict[str, Any]:
    place = {name: row for row, name in enumerate(given.names)}
    described = {name: value for name, value in asdict(given).items() if name != "load"}
    return {
        **described,
        "parts": {part: [place[name] for name in names] for part, names in given.parts.items()},
    }


@dataclass(frozen=True, slots=True)
class _Partial:
    """Pictures on the way: the file so far, and beside the checkpoint how much of it is good."""

    path: Path
    note: Path
    order: Order

    def fill(self, context: Context) -> list[tuple[int, ...]]:
        sizes = self._sizes_done()
        flushed_at = time.monotonic()
        rows = range(len(sizes), len(self.order.names))
        with self._opened(sizes) as file:
            for row, (picture, masks) in feeding.in_order(rows, self.order.load, feeding.cores()):
                sizes.append(picture.shape)
                _write_record(file, picture, masks)
                if len(sizes) % CHUNK and row < rows[-1]:
                    continue
                stop = context.should_stop()
                if stop or time.monotonic() - flushed_at > FLUSH_SECONDS:
                    file.flush()
                    note = {"digest": self.order.digest, "sizes": sizes}
                    self.note.write_text(json.dumps({**note, "check": _check(note)}))
                    context.log({"progress": len(sizes) / len(self.order.names)}, step=len(sizes))
                    flushed_at = time.monotonic()
                if stop:
                    raise InterruptedError(f"stopped after {len(sizes)} of {len(self.order.names)} pictures")
        self.note.unlink(missing_ok=True)
        return sizes

    def _sizes_done(self) -> list[tuple[int, ...]]:
        if not self.note.is_file() or not self.path.is_file():
            return []
        try:
            note = json.loads(self.note.read_text())
            whole = note.pop("check") == _check(note)
        except (AttributeError, KeyError, ValueError):
            whole = False
        if not whole:
            log.warning("checkpoint %s is damaged and left out: all pictures are read again", self.note)
        if not whole or note["digest"] != self.order.digest:
            return []
        return [tuple(size) for size in note["sizes"]]

    def _opened(self, sizes: list[tuple[int, ...]]) -> BinaryIO:
        file = self.path.open("r+b" if sizes else "wb")
        planes = len(self.order.masks)
        good = sum(height * width * (channels + planes) for height, width, channels in sizes)
        file.truncate(good)
        file.seek(good)
        return file


def _check(note: Mapping[str, Any]) -> str:
    """Return the digest of a note, by which it is seen whether it is whole."""
    return hashlib.sha256(json.dumps(note, sort_keys=True).encode()).hexdigest()


def _write_record(file: BinaryIO, picture: Pixels, masks: tuple[Mask, ...]) -> None:
    file.write(np.ascontiguousarray(picture).data)
    for mask in masks:
        file.write(np.ascontiguousarray(mask.astype(np.uint8)).data)
