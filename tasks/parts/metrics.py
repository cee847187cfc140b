"""Metrics of classification and segmentation.

Empty union: an image whose mask and prediction are both empty counts as IoU 1, because they agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of samples whose largest logit is the label. logits: [N, C]; labels: int64 [N]."""
    return float((logits.argmax(dim=1) == labels).double().mean())


def majority_share(labels: Tensor) -> float:
    """Accuracy of always answering the most frequent class. labels: int64 [N], N > 0."""
    return int(torch.bincount(labels).max()) / len(labels)


def hard_iou(predicted: Tensor, masks: Tensor) -> Tensor:
    """Intersection over union of each image, float64 [N]. Both: bool [N, ...] of one shape."""
    inter, union = _overlap(predicted, masks)
    return _ratio(inter.double(), union.double())


def soft_iou(probabilities: Tensor, masks: Tensor) -> Tensor:
    """IoU of each image from probabilities: sum of p*y over sum of p+y-p*y (Rahman 2016), float64 [N]."""
    p, y = probabilities.flatten(1).double(), masks.flatten(1).double()
    inter = (p * y).sum(dim=1)
    return _ratio(inter, p.sum(dim=1) + y.sum(dim=1) - inter)


@dataclass(slots=True)
class Overlap:
    """IoU over a set of images that arrives in batches."""

    per_image: list[Tensor] = field(default_factory=list)
    per_image_soft: list[Tensor] = field(default_factory=list)
    inter: int = 0
    union: int = 0

    def add(self, probabilities: Tensor, masks: Tensor) -> None:
        """Count a batch. probabilities: float [N, ...]; masks: bool of the same shape; face where p > 0.5."""
        predicted = probabilities > 0.5
        inter, union = _overlap(predicted, masks)
        self.inter += int(inter.sum())
        self.union += int(union.sum())
        self.per_image.append(_ratio(inter.double(), union.double()))
        self.per_image_soft.append(soft_iou(probabilities, masks))

    def metrics(self) -> dict[str, float]:
        """Return `val_iou` (mean over images: primary), `val_iou_pooled` (over pixels) and `val_iou_soft`."""
        return {
            "val_iou": float(torch.cat(self.per_image).mean()),
            "val_iou_pooled": self.inter / self.union if self.union else 1.0,
            "val_iou_soft": float(torch.cat(self.per_image_soft).mean()),
        }


def _overlap(predicted: Tensor, masks: Tensor) -> tuple[Tensor, Tensor]:
    first, second = predicted.flatten(1).bool(), masks.flatten(1).bool()
    return (first & second).sum(dim=1), (first | second).sum(dim=1)


def _ratio(inter: Tensor, union: Tensor) -> Tensor:
    return torch.where(union > 0, inter / union, torch.ones_like(inter))
