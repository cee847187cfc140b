"""Predicted masks as files: a small archive, and a picture to look at."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tasks.data.images import resize_rgb
from tasks.parts import metrics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from tasks.data.images import Mask, Pixels

SHOWN = 6
COLUMN_SIDE = 128
GREEN, RED = (0, 200, 0), (220, 0, 0)


def write(path: Path, names: Sequence[str], predicted: Tensor, masks: Tensor) -> None:
    """Write names, IoUs and the predicted masks, packed to bits. predicted, masks: bool [N, 1, S, S]."""
    np.savez_compressed(
        path,
        names=np.array(names),
        iou=metrics.hard_iou(predicted, masks).numpy(),
        packed_masks=np.packbits(predicted.numpy(), axis=-1),
        image_size=np.array(predicted.shape[-1]),
    )


def write_scores(path: Path, names: Sequence[str], **scores: Tensor) -> None:
    """Write one line for each picture with its scores, each of shape [N]: what tables compare by picture."""
    columns = {name: values.tolist() for name, values in scores.items()}
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["picture", *columns])
        lines.writerows(zip(names, *columns.values(), strict=True))


def draw_overlay(path: Path, examples: Sequence[Pixels], predicted: Tensor, masks: Tensor) -> None:
    """Draw some pictures as figure 5.7 of Lindström: picture, true mask, predicted mask, its errors.

    False positives are green, false negatives red. examples: uint8 [S, S, 3]; predicted, masks: bool
    [N, 1, S, S], N at least as many.
    """
    rows = [
        np.concatenate(panels(picture, predicted[place, 0].numpy(), masks[place, 0].numpy()), axis=1)
        for place, picture in enumerate(examples[:SHOWN])
    ]
    Image.fromarray(np.concatenate(rows, axis=0)).save(path)


def draw_columns(path: Path, columns: Sequence[Sequence[Pixels]], side: int = COLUMN_SIDE) -> None:
    """Draw pictures of any size, squeezed to one side, in columns side by side, each from above."""
    drawn = [np.concatenate([resize_rgb(shown, side) for shown in column]) for column in columns]
    Image.fromarray(np.concatenate(drawn, axis=1)).save(path)


def panels(picture: Pixels, predicted: Mask, mask: Mask) -> list[Pixels]:
    """Return picture, true mask, predicted mask and the errors, each of the picture's size.

    False positives are green, false negatives red. picture: uint8 [H, W, 3]; predicted, mask: bool [H, W].
    """
    truth, found = (
        np.where(shown[..., None], picture, picture // 4).astype(np.uint8) for shown in (mask, predicted)
    )
    errors = picture.copy()
    for wrong, colour in ((predicted & ~mask, GREEN), (mask & ~predicted, RED)):
        errors[wrong] = (0.4 * errors[wrong] + 0.6 * np.array(colour)).astype(np.uint8)
    return [picture, truth, found, errors]
