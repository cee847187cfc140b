"""What a table says of several seeds."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def mean(values: Sequence[float]) -> float | None:
    """Return the mean; None of no values."""
    try:
        return statistics.fmean(values) if values else None
    except OverflowError:  # their sum is too large, their mean is not
        return statistics.mean(values)


def sample_std(values: Sequence[float]) -> float | None:
    """Return the sample standard deviation (divided by n - 1); None below two, or if too large."""
    try:
        return statistics.stdev(values) if len(values) > 1 else None
    except OverflowError:
        return None


def confidence95(values: Sequence[float]) -> float | None:
    """Return half the width of the 95 % confidence interval of the mean, by Student's t; None below two."""
    std = sample_std(values)
    if std is None:
        return None
    from scipy.special import stdtrit

    return float(stdtrit(len(values) - 1, 0.975)) * std / math.sqrt(len(values))


def relative_gain(value: float, base: float) -> float | None:
    """Return the increase over the base in percent of the base; None where the base is 0."""
    return 100 * (value - base) / base if base else None


def points(value: float, base: float) -> float:
    """Return the difference of two fractions in percentage points."""
    return 100 * (value - base)
