"""The baseline without a network: the mean training mask, thresholded, as the answer to every picture.

A ResNet-50 decoder behind an average pooling draws one shape for all pictures, so this is the number to hold
beside its rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PIL import Image

from tasks.parts.params import ImageSize, MaskedDataset, TaskParams

if TYPE_CHECKING:
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.face_masks", "tasks.parts.pictures")


class Params(TaskParams):
    """What can be changed; the defaults are those of the segment stage."""

    dataset: MaskedDataset = "lfw"
    # Section 4.6: with or without hair in the face mask
    hair: bool = True
    # Section 4.2
    image_size: ImageSize = 224
    # The same split of the same seed as `tasks.segment`
    split: Literal["random90", "official"] = "random90"


def run(params: Params, context: Context) -> dict[str, float]:
    """Write `mean_mask.png` and return the IoUs of the thresholded mean on the validation pictures."""
    from tasks.parts import face_masks, pictures
    from tasks.parts.metrics import Overlap

    shown = pictures.read(context.need("pictures"))
    shown.check_side(params.image_size)
    train, val = face_masks.split_rows(shown, rule=params.split, seed=context.seed)
    name = face_masks.mask_name(hair=params.hair)
    mean = shown.mask_batch(name, train).float().mean(dim=0, keepdim=True)
    if context.should_stop():
        raise InterruptedError("stopped after the mean mask, before it was measured")
    val_masks = shown.mask_batch(name, val)

    overlap = Overlap()
    overlap.add(mean.expand(val_masks.shape), val_masks)
    Image.fromarray((mean[0, 0] * 255).round().byte().numpy()).save(context.artifact("mean_mask.png"))
    return {
        **overlap.metrics(),
        "train_images": len(train),
        "val_images": len(val),
        **shown.counts,
    }
