"""The baseline without a network: the mean training mask, thresholded, as the answer to every picture.

A ResNet-50 decoder behind an average pooling draws one shape for all pictures, so this is the number to hold
beside its rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.data import layout
from tasks.parts.params import ImageSize, MaskedDataset, TaskParams

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.masked_faces", "tasks.parts.metrics")


class Params(TaskParams):
    """What can be changed; the defaults are those of the segment stage."""

    dataset: MaskedDataset = "lfw"
    # Section 4.6: with or without hair in the face mask
    hair: bool = True
    # Section 4.2
    image_size: ImageSize = 224
    # The same split of the same seed as `tasks.segment`
    split: Literal["random90", "official"] = "random90"
    # The same choice of the same seed as `tasks.encode`
    limit: int | None = Field(default=None, ge=10)


def missing(params: Params, data: Path | None) -> list[str]:
    """Return a message about the dataset, if it is not there."""
    message = layout.missing(params.dataset, data) if data is not None else None
    return [message] if message else []


def run(params: Params, context: Context) -> dict[str, float]:
    """Write `mean_mask.png` and return the IoUs of the thresholded mean on the validation pictures."""
    from tasks.parts import masked_faces
    from tasks.parts.metrics import Overlap
    from tasks.parts.reading_counts import reading_counts

    reading = masked_faces.read(params.dataset, context.data, limit=params.limit, seed=context.seed)
    names = [face.name for face in reading.samples]
    train, val = masked_faces.split_names(
        names, params.dataset, context.data, rule=params.split, seed=context.seed
    )
    masks = masked_faces.load_masks(
        reading.samples, params.dataset, hair=params.hair, image_size=params.image_size
    )
    row = {name: place for place, name in enumerate(names)}
    mean = masks[[row[name] for name in train]].float().mean(dim=0, keepdim=True)
    val_masks = masks[[row[name] for name in val]]

    overlap = Overlap()
    overlap.add(mean.expand(val_masks.shape), val_masks)
    draw(context.artifact("mean_mask.png"), mean[0, 0])
    return {
        **overlap.metrics(),
        "train_images": len(train),
        "val_images": len(val),
        **reading_counts(reading),
    }


def draw(path: Path, mean: Tensor) -> None:
    """Write the mean mask, float [S, S] of 0..1, as a grey picture."""
    from PIL import Image

    Image.fromarray((mean * 255).round().byte().numpy()).save(path)
