"""The prepared pictures of LFW and HELEN as trainings use them: which mask, which split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tasks.data import split

if TYPE_CHECKING:
    from torch import Tensor

    from tasks.parts.pictures import Pictures

Split = Literal["random90", "official"]


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
