"""What a frozen network says about a dataset, computed once and stored: memory-mapped safetensors.

A stored file is used again only if its key is the same: the digest of everything its numbers depend on.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from tasks.parts import feeding, images

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torch import Tensor, nn

    from tasks.parts.context import Context
    from tasks.parts.pictures import Pictures

FORMAT = "features 1"
FLUSH_SECONDS = 60.0
BLOCK = 1 << 24  # bytes read at once

Dtype = Literal["float32", "float16"]

log = logging.getLogger(__name__)


def _as_it_is(given: Tensor) -> Tensor:
    return given


@dataclass(frozen=True, slots=True)
class Features:
    """Stored features of named samples; `values` is mapped from the file, read as it is used."""

    names: tuple[str, ...]
    values: Tensor  # [N, C, G, G]
    key: str
    notes: Mapping[str, str]  # what the writer wants the reader to know


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to compute: a network over samples, in batches, and the key that names the outcome."""

    network: nn.Module
    names: tuple[str, ...]
    load: Callable[[slice], Tensor]  # rows -> what is sent to the device, read ahead in threads
    normalise: Callable[[Tensor], Tensor] = _as_it_is  # that -> input of the network, on its device
    batch_size: int
    key: str
    dtype: Dtype = "float32"
    notes: Mapping[str, str]


def order(
    network: nn.Module,
    shown: Pictures,
    *,
    batch_size: int,
    notes: Mapping[str, str],
    normalise: Callable[[Tensor], Tensor] = images.scale,
    preprocessing: str = images.NORMALISATION,
    dtype: Dtype = "float32",
    computed: str = "",
) -> Order:
    """Return the order for prepared pictures of one size; `preprocessing` says what `normalise` does.

    Without them pictures are normalised as ImageNet networks want it. `computed` names the precision of the
    network where it is not that of 32 bits.
    """
    every_row = torch.arange(len(shown.names))

    return Order(
        network=network,
        names=shown.names,
        load=lambda rows: shown.batch(every_row[rows]),
        normalise=normalise,
        batch_size=batch_size,
        key=make_key(
            weights=weights_digest(network),
            data=shown.digest,
            preprocessing=described(preprocessing, computed),
            dtype=dtype,
        ),
        dtype=dtype,
        notes=notes,
    )


def described(preprocessing: str, computed: str) -> str:
    """Return how pictures were prepared, and in which precision they were computed on if not in 32 bits."""
    return f"{preprocessing}, computed in {computed}" if computed else preprocessing


def make_key(*, weights: str, data: str, preprocessing: str, dtype: Dtype) -> str:
    """Return the digest of all that features depend on."""
    content = {"weights": weights, "data": data, "preprocessing": preprocessing, "dtype": dtype}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def weights_digest(module: nn.Module) -> str:
    """Return the SHA-256 of a module's weights and buffers, with their names."""
    digest = hashlib.sha256()
    for name, tensor in sorted(module.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().data)
    return digest.hexdigest()


def compute(path: Path, order: Order, context: Context) -> Features:
    """Return the features stored at `path` if they are whole and their key fits, else compute and store them.

    Goes on where an earlier attempt stopped. Raises InterruptedError when the context says stop.
    """
    if path.is_file() and (found := _whole(path)) and found.key == order.key:
        return found
    partial = _Partial(path=context.checkpoint / f"{path.stem}.partial", key=order.key)
    rows = _fill(partial, order, context)
    metadata = {
        "format": FORMAT,
        "digest": hashlib.sha256(rows.data).hexdigest(),
        "key": order.key,
        "names": json.dumps(order.names),
        "notes": json.dumps(dict(order.notes)),
    }
    beside = path.with_suffix(".tmp")
    save_file({"features": torch.from_numpy(rows)}, beside, metadata)
    beside.replace(path)
    partial.remove()
    return read(path)


def read(path: Path) -> Features:
    """Map stored features into memory; raises ValueError for a file of another kind."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        if metadata.get("format") != FORMAT:
            raise ValueError(
                f"`{path}` holds no features: its format is {metadata.get('format')}, not {FORMAT}"
            )
        values = file.get_tensor("features")
    names = tuple(json.loads(metadata["names"]))
    return Features(names=names, values=values, key=metadata["key"], notes=json.loads(metadata["notes"]))


def _whole(path: Path) -> Features | None:
    """Return stored features, or None where they were damaged since they were written; the log says so."""
    try:
        with safe_open(path, framework="pt") as file:
            expected = (file.metadata() or {}).get("digest")
        found = read(path)
        if hashlib.sha256(found.values.numpy().data).hexdigest() == expected:
            return found
        reason = "their digest is another"
    except (SafetensorError, KeyError, ValueError) as error:
        reason = str(error)
    log.warning("features stored for the checkpoint in %s are left out: %s; computed again", path, reason)
    return None


@dataclass(frozen=True, slots=True)
class _Partial:
    """Rows on the way: a plain array on disk, and beside it how many rows are good and for which key."""

    path: Path
    key: str

    def rows_done(self) -> int:
        if not self._note.is_file() or not self.path.is_file():
            return 0
        try:
            note = json.loads(self._note.read_text())
            rows, size = int(note["rows"]), int(note["bytes"])
            key, expected = note["key"], note["digest"]
        except (KeyError, TypeError, ValueError):
            key, expected, rows, size = self.key, "", 0, 0
        if key != self.key:
            return 0
        if _tied(rows, size, self.digest(size)) != expected:
            log.warning("checkpoint %s is damaged and left out: all rows are computed again", self.path)
            return 0
        return rows

    def open(self, shape: tuple[int, ...], dtype: Dtype, *, fresh: bool) -> np.memmap[Any, np.dtype[Any]]:
        if fresh:  # room is taken first: writing to a mapped file on a full disk kills the program by SIGBUS
            with self.path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, math.prod(shape) * np.dtype(dtype).itemsize)
        return np.memmap(self.path, dtype=dtype, mode="r+", shape=shape)

    def flush(self, array: np.memmap[Any, np.dtype[Any]], rows: int, digest: hashlib._Hash) -> None:
        array.flush()
        size = array[:rows].nbytes
        note = {"rows": rows, "bytes": size, "key": self.key, "digest": _tied(rows, size, digest)}
        beside = self._note.with_suffix(".tmp")
        beside.write_text(json.dumps(note))
        beside.replace(self._note)

    def digest(self, size: int) -> hashlib._Hash:
        """Return the digest of the first bytes, to go on with."""
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while size > 0 and (block := file.read(min(size, BLOCK))):
                digest.update(block)
                size -= len(block)
        return digest

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    @property
    def _note(self) -> Path:
        return self.path.with_suffix(".json")


def _tied(rows: int, size: int, digest: hashlib._Hash) -> str:
    """Return the digest of how many rows there are and of the bytes they take."""
    return hashlib.sha256(f"{rows} {size} {digest.hexdigest()}".encode()).hexdigest()


def _fill(partial: _Partial, order: Order, context: Context) -> np.memmap[Any, np.dtype[Any]]:
    # Batches always start at a multiple of the batch size, so a resumed file has the same bits; the last
    # batch is always computed, because its output also tells the shape.
    last = (len(order.names) - 1) // order.batch_size * order.batch_size
    first = min(partial.rows_done(), last)
    array: np.memmap[Any, np.dtype[Any]] | None = None
    digest = hashlib.sha256()
    flushed_at = time.monotonic()
    starts = range(first, len(order.names), order.batch_size)
    slices = (slice(start, start + order.batch_size) for start in starts)
    for rows, given in feeding.ahead(slices, order.load):
        start, out = rows.start, _forward(order, given)
        if array is None:
            array = partial.open((len(order.names), *out.shape[1:]), order.dtype, fresh=first == 0)
            digest = partial.digest(array[:first].nbytes)
        array[start : start + len(out)] = out
        digest.update(out.tobytes())
        done = start + len(out)
        stop = context.should_stop()
        if stop or time.monotonic() - flushed_at > FLUSH_SECONDS:
            partial.flush(array, done, digest)
            context.log({"progress": done / len(order.names)}, step=done)
            flushed_at = time.monotonic()
        if stop:
            raise InterruptedError(f"stopped after the features of {done} of {len(order.names)} samples")
    assert array is not None
    return array


def _forward(order: Order, given: Tensor) -> np.ndarray[Any, np.dtype[Any]]:
    with torch.inference_mode():
        out = order.network(order.normalise(given))
    # Features in the memory's own order: a network with channels last answers in another.
    out = out.to(getattr(torch, order.dtype)).contiguous()
    values: np.ndarray[Any, np.dtype[Any]] = out.cpu().numpy()
    return values
