"""Predicted masks as files: a small archive, and a picture to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tasks.data.images import load_rgb, resize_rgb
from tasks.parts import metrics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import MaskedFace

SHOWN = 6
GREEN, RED = (0, 200, 0), (220, 0, 0)


def write(path: Path, faces: Sequence[MaskedFace], predicted: Tensor, masks: Tensor) -> None:
    """Write names, IoUs and the predicted masks, packed to bits. predicted, masks: bool [N, 1, S, S]."""
    np.savez_compressed(
        path,
        names=np.array([face.name for face in faces]),
        iou=metrics.hard_iou(predicted, masks).numpy(),
        packed_masks=np.packbits(predicted.numpy(), axis=-1),
        image_size=np.array(predicted.shape[-1]),
    )


def draw_overlay(path: Path, faces: Sequence[MaskedFace], predicted: Tensor, masks: Tensor) -> None:
    """Draw some pictures as figure 5.7 of Lindström: picture, true mask, prediction with its errors.

    False positives are green, false negatives red. predicted, masks: bool [N, 1, S, S].
    """
    rows = [
        np.concatenate(_panels(face, predicted[place, 0].numpy(), masks[place, 0].numpy()), axis=1)
        for place, face in enumerate(faces[:SHOWN])
    ]
    Image.fromarray(np.concatenate(rows, axis=0)).save(path)


def _panels(face: MaskedFace, predicted: Mask, mask: Mask) -> list[Pixels]:
    picture = resize_rgb(load_rgb(face.image), mask.shape[0])
    truth = np.where(mask[..., None], picture, picture // 4).astype(np.uint8)
    errors = picture.copy()
    for wrong, colour in ((predicted & ~mask, GREEN), (mask & ~predicted, RED)):
        errors[wrong] = (0.4 * errors[wrong] + 0.6 * np.array(colour)).astype(np.uint8)
    return [picture, truth, errors]
