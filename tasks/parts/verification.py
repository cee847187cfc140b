"""Whether two pictures show one person, told by a distance: the curve of both errors, and numbers of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import roc_auc_score, roc_curve

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]
    Ints: TypeAlias = NDArray[np.int64]

SIDE_INCHES = 4.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Both error rates at every threshold that tells pairs apart, float [T]; a pair below it is accepted."""

    thresholds: Floats
    false_accepts: Floats  # of the pairs of two people
    false_rejects: Floats  # of the pairs of one

    def equal_error_rate(self) -> float:
        """Return the error where both rates are the same, between the two thresholds around that."""
        apart = self.false_accepts - self.false_rejects  # rises from -1 to 1
        after = int(np.argmax(apart >= 0))
        if after == 0:
            return float(self.false_accepts[0])
        share = -apart[after - 1] / (apart[after] - apart[after - 1])
        before, behind = self.false_accepts[after - 1], self.false_accepts[after]
        return float(before + share * (behind - before))


def curve(distances: Floats, same: Bools) -> Curve:
    """Return the errors of pairs, float [P] and bool [P]; ValueError unless there are pairs of both kinds."""
    if same.all() or not same.any():
        raise ValueError("error rates need pairs of one person and pairs of two")
    false_accepts, accepts, scores = roc_curve(same, -distances, drop_intermediate=False)
    return Curve(thresholds=-scores, false_accepts=false_accepts, false_rejects=1 - accepts)


def area(distances: Floats, same: Bools) -> float:
    """Return the area under the ROC curve."""
    return float(roc_auc_score(same, -distances))


def fold_accuracies(distances: Floats, same: Bools, folds: Ints) -> Floats:
    """Return the accuracy on each fold, with the threshold that is best on all the others, float [F]."""
    found = []
    for fold in np.unique(folds):
        tested = folds == fold
        threshold = _best_threshold(distances[~tested], same[~tested])
        found.append(((distances[tested] < threshold) == same[tested]).mean())
    return np.array(found)


def _best_threshold(distances: Floats, same: Bools) -> float:
    """Return the threshold with the most right answers: half-way between two distances."""
    order = np.argsort(distances)
    ranked = np.concatenate([distances[order], [np.inf]])
    # Accepting the first n pairs is right for those of one person among them, and for the others behind.
    right = np.concatenate([[0], np.cumsum(np.where(same[order], 1, -1))])
    first = int(np.argmax(right))
    if first in (0, len(distances)):
        return float(-np.inf if first == 0 else np.inf)
    return float((ranked[first - 1] + ranked[first]) / 2)


def draw(path: Path, found: Curve) -> None:
    """Draw the ROC curve and both error rates over the threshold, with the equal error rate in both."""
    equal = found.equal_error_rate()
    figure = Figure(figsize=(2 * SIDE_INCHES, SIDE_INCHES), layout="constrained")
    roc, rates = figure.subplots(1, 2)
    roc.plot(found.false_accepts, 1 - found.false_rejects)
    roc.plot([0, 1], [1, 0], linewidth=0.8, linestyle=":", color="grey")
    roc.plot([equal], [1 - equal], "o", label=f"equal error rate {100 * equal:.2f} %")
    roc.set(xlabel="False accepts", ylabel="True accepts", xlim=(0, 1), ylim=(0, 1.01), title="ROC")
    roc.legend(loc="lower right")
    known = np.isfinite(found.thresholds)
    rates.plot(found.thresholds[known], found.false_accepts[known], label="False accepts")
    rates.plot(found.thresholds[known], found.false_rejects[known], label="False rejects")
    rates.axhline(equal, linewidth=0.8, linestyle=":", color="grey")
    rates.set(xlabel="Threshold of the distance", ylabel="Share of the pairs", title="Error rates")
    rates.legend()
    figure.savefig(path, dpi=150)
