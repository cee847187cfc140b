"""LFW and HELEN as the study uses them: which pictures, which split, masks as tensors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import torch

from tasks.data import helen, lfw, split
from tasks.data.images import resize_mask
from tasks.parts.images import DECODING_THREADS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import MaskedFace, Reading
    from tasks.parts.params import MaskedDataset

Split = Literal["random90", "official"]


class Reader(Protocol):
    """What `tasks.data.lfw` and `tasks.data.helen` share."""

    def read(self, root: Path) -> Reading[MaskedFace]:
        """Read what is usable."""
        ...

    def load(self, face: MaskedFace, *, hair: bool) -> tuple[Pixels, Mask]:
        """Return picture and mask."""
        ...

    def official_split(self, root: Path) -> dict[str, tuple[str, ...]]:
        """Return the names of `train`, `validation` and `test`."""
        ...


READERS: dict[MaskedDataset, Reader] = {"lfw": lfw, "helen": helen}


def read(dataset: MaskedDataset, data: Path, *, limit: int | None, seed: int) -> Reading[MaskedFace]:
    """Read a dataset, or a seeded choice of `limit` pictures of it; raises DatasetError."""
    reading = READERS[dataset].read(data / dataset)
    if limit is None or limit >= len(reading.samples):
        return reading
    return reading.only(split.choose([face.name for face in reading.samples], limit, seed=seed))


def split_names(
    names: Sequence[str], dataset: MaskedDataset, data: Path, *, rule: Split, seed: int
) -> tuple[list[str], list[str]]:
    """Return the names to train and to validate on.

    `random90` is the thesis: 90 % of a seeded permutation, 10 % the rest. `official` takes the lists that
    come with the dataset (LFW 1,500/500, HELEN 2,000/230); the official test pictures are then not used.
    """
    if rule == "random90":
        return split.random_split(names, seed=seed)
    lists = READERS[dataset].official_split(data / dataset)
    there = set(names)
    train, val = ([name for name in lists[part] if name in there] for part in ("train", "validation"))
    if not train or not val:
        raise ValueError(
            f"the official split of {dataset} puts {len(train)}/{len(val)} of these {len(names)} pictures "
            "into train/validation\nhint: use `split: random90`, or more pictures"
        )
    return train, val


def load_masks(faces: Sequence[MaskedFace], dataset: MaskedDataset, *, hair: bool, image_size: int) -> Tensor:
    """Read masks, with or without hair, and resize them by nearest pixel: bool [N, 1, S, S]."""

    def load(face: MaskedFace) -> Mask:
        return resize_mask(READERS[dataset].load(face, hair=hair)[1], image_size)

    with ThreadPoolExecutor(DECODING_THREADS) as pool:
        return torch.from_numpy(np.stack(list(pool.map(load, faces)))).unsqueeze(1)
