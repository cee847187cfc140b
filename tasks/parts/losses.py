"""Loss functions: tensors in, one number out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from torch import Tensor


def pixel_bce(logits: Tensor, masks: Tensor) -> Tensor:
    """Mean binary cross-entropy over all pixels (Lindström, equation 4.1).

    logits: float [N, 1, H, W]; masks: bool or 0/1 of the same shape.
    """
    return F.binary_cross_entropy_with_logits(logits, masks.to(logits.dtype))


def class_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of a softmax; with two classes it is equation 4.1 of Lindström.

    logits: float [N, C]; labels: int64 [N].
    """
    return F.cross_entropy(logits, labels)


def dice_loss(logits: Tensor, masks: Tensor) -> Tensor:
    """One minus the Dice coefficient of each image and class, averaged; 1 is added above and below.

    The background is class 0, the mask class 1. logits: float [N, 2, H, W]; masks: bool [N, H, W].
    """
    probabilities = logits.softmax(dim=1)
    targets = torch.stack([~masks, masks], dim=1).to(probabilities.dtype)
    inter = (probabilities * targets).sum(dim=(2, 3))
    total = probabilities.sum(dim=(2, 3)) + targets.sum(dim=(2, 3))
    return (1 - (2 * inter + 1) / (total + 1)).mean()


def l2_penalty(weight: Tensor, factor: Tensor | float) -> Tensor:
    """Return `factor` times the sum of squares, as `keras.regularizers.l2` adds it to the loss."""
    return factor * weight.square().sum()
