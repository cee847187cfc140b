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


def in_top_k(logits: Tensor, labels: Tensor, k: int) -> Tensor:
    """Tell whether the label is among the k largest logits, bool [N]. logits: [N, C]; labels: int64 [N].

    With no more than k classes it always is.
    """
    best = logits.topk(min(k, logits.shape[1]), dim=1).indices
    return (best == labels[:, None]).any(dim=1)


def two_class_iou(predicted: Tensor, masks: Tensor) -> Tensor:
    """IoU of background and of mask in each image, float64 [N, 2]. Both: bool [N, H, W] of one shape.

    A class that is nowhere, in mask and prediction, counts as 0 (the code base of Prasertwaree &
    Khumphairan adds 1e-6 to each union), unlike everywhere else here.
    """
    return torch.stack([_iou_or_zero(~predicted, ~masks), _iou_or_zero(predicted, masks)], dim=1)


@dataclass(slots=True)
class TwoClassOverlap:
    """Mean IoU of background and mask over a set of images that arrives in batches."""

    batch_means: list[float] = field(default_factory=list)
    inter: Tensor = field(default_factory=lambda: torch.zeros(2, dtype=torch.int64))
    union: Tensor = field(default_factory=lambda: torch.zeros(2, dtype=torch.int64))

    def add(self, predicted: Tensor, masks: Tensor) -> None:
        """Count a batch. Both: bool [N, H, W] of one shape."""
        self.batch_means.append(float(two_class_iou(predicted, masks).mean()))
        for place, (first, second) in enumerate(((~predicted, ~masks), (predicted, masks))):
            inter, union = _overlap(first, second)
            self.inter[place] += inter.sum().cpu()
            self.union[place] += union.sum().cpu()

    def metrics(self) -> dict[str, float]:
        """Return `miou`, the mean of the batches' means, and `miou_pooled`, over all pixels of the set."""
        return {
            "miou": sum(self.batch_means) / len(self.batch_means),
            "miou_pooled": float(_ratio(self.inter.double(), self.union.double()).mean()),
        }


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


def _iou_or_zero(predicted: Tensor, masks: Tensor) -> Tensor:
    inter, union = _overlap(predicted, masks)
    return inter.double() / union.double().clamp(min=1)


def _ratio(inter: Tensor, union: Tensor) -> Tensor:
    return torch.where(union > 0, inter / union, torch.ones_like(inter))
