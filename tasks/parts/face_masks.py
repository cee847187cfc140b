"""The prepared pictures of LFW and HELEN as trainings use them: which mask, which split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image

from tasks.data import split

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from tasks.data.images import Pixels
    from tasks.parts.pictures import Pictures

Split = Literal["random90", "official"]

# Figure 4.1 shows Dave Williams, in the colours of LFW's own masks.
SHOWN_FIRST, SHOWN = "Dave_Williams", 4
HAIR, FACE, BACKGROUND = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def mask_name(*, hair: bool) -> str:
    """Return what `tasks.prepare.face_masks` calls the mask of a face with or without its hair."""
    return "hair" if hair else "no_hair"


def split_rows(shown: Pictures, *, rule: Split, seed: int) -> tuple[Tensor, Tensor]:
    """Return the rows to train and to validate on, int64.

    `random90` is the thesis: 90 % of a seeded permutation, 10 % the rest. `official` takes the lists that
    come with the dataset (LFW 1,500/500, HELEN 2,000/230); the official test pictures are then not used.
    """
    if rule == "random90":
        train, val = split.random_split(shown.names, seed=seed)
        return shown.rows(train), shown.rows(val)
    rows = shown.part("train"), shown.part("validation")
    if not len(rows[0]) or not len(rows[1]):
        raise ValueError(
            f"the official split puts {len(rows[0])}/{len(rows[1])} of these {len(shown.names)} pictures "
            "into train/validation\nhint: use `split: random90`, or more pictures"
        )
    return rows


def draw_examples(path: Path, shown: Pictures) -> None:
    """Draw some pictures as figure 4.1 of Lindström, each above its mask: face green, hair red."""
    first = sorted(range(len(shown.names)), key=lambda row: not shown.names[row].startswith(SHOWN_FIRST))
    columns = [np.concatenate([shown.picture(row), coloured(shown, row)]) for row in first[:SHOWN]]
    Image.fromarray(np.concatenate(columns, axis=1)).save(path)


def coloured(shown: Pictures, row: int) -> Pixels:
    """Return the masks of a picture in three colours, uint8 [S, S, 3]."""
    face, with_hair = (shown.mask(mask_name(hair=hair), row)[..., None] for hair in (False, True))
    return np.where(face, FACE, np.where(with_hair, HAIR, BACKGROUND)).astype(np.uint8)
