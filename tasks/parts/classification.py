"""How well classes are told apart: the classification report of scikit-learn, without its silent zeros."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import torch

from tasks.parts import losses, metrics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

MEASURES = ("precision", "recall", "f1")


def score(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """Return `loss` and `acc`. logits: float [N, C]; labels: int64 [N], N > 0."""
    loss = float(losses.class_cross_entropy(logits, labels))
    return {"loss": loss, "acc": metrics.accuracy(logits, labels)}


def report(predicted: Tensor, labels: Tensor, classes: Sequence[str]) -> dict[str, float]:
    """Return `<class>_precision`, `_recall`, `_f1` and `_support`, and the same of four averages.

    predicted, labels: int64 [N], N > 0, each below the number of classes. What divides 0 by 0 is left out:
    the recall of a class that does not occur, the precision of one that is never answered, the F1 of one
    that is neither. `micro` counts all pictures alike; `macro` is the mean over all classes, where what is
    left out counts 0, and `weighted` weighs it by support, as scikit-learn prints both; `macro_present` is
    the mean over the classes that occur. `absent_classes` and `unanswered_classes` count the others.
    """
    confusion = counted(predicted, labels, len(classes))
    support, answered, right = confusion.sum(dim=1), confusion.sum(dim=0), confusion.diagonal()
    ratios = {
        "precision": _ratios(right, answered),
        "recall": _ratios(right, support),
        "f1": _ratios(2 * right, support + answered),
    }
    found: dict[str, float] = {}
    for index, name in enumerate(classes):
        values = {measure: ratios[measure][index] for measure in MEASURES}
        found |= {f"{name}_{measure}": value for measure, value in values.items() if value is not None}
        found[f"{name}_support"] = int(support[index])
    found |= _averages(ratios, support.tolist(), int(right.sum()))
    found["absent_classes"] = int((support == 0).sum())
    found["unanswered_classes"] = int((answered == 0).sum())
    return found


def counted(predicted: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Return how often each class (row) was answered as each (column), int64 [C, C]. Both: int64 [N]."""
    return torch.bincount(labels * classes + predicted, minlength=classes**2).view(classes, classes)


def write_confusion(path: Path, predicted: Tensor, labels: Tensor, classes: Sequence[str]) -> None:
    """Write `confusion.csv`: a line for each true class, a column for each answer. Both: int64 [N]."""
    rows = counted(predicted, labels, len(classes)).tolist()
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["truth", *classes])
        lines.writerows([name, *row] for name, row in zip(classes, rows, strict=True))


def _averages(ratios: dict[str, list[float | None]], support: Sequence[int], right: int) -> dict[str, float]:
    total = sum(support)
    present = [index for index, count in enumerate(support) if count]
    found: dict[str, float] = {}
    for measure, values in ratios.items():
        filled = [value or 0.0 for value in values]
        found[f"micro_{measure}"] = right / total  # each picture has one class and one answer
        found[f"macro_{measure}"] = sum(filled) / len(filled)
        found[f"macro_present_{measure}"] = sum(filled[index] for index in present) / len(present)
        found[f"weighted_{measure}"] = sum(map(float.__mul__, filled, map(float, support))) / total
    return found | {
        f"{average}_support": total for average in ("micro", "macro", "macro_present", "weighted")
    }


def _ratios(parts: Tensor, wholes: Tensor) -> list[float | None]:
    pairs = zip(parts.tolist(), wholes.tolist(), strict=True)
    return [part / whole if whole else None for part, whole in pairs]
