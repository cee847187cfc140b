"""Tests of whether two settings differ, each with the interval and the effect size that go with it."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

TestName = Literal["wilcoxon", "paired-t", "bootstrap", "welch"]
TEST_NAMES: tuple[TestName, ...] = get_args(TestName)
RESAMPLES = 9_999
"""Of a bootstrap; its smallest p is one in ten thousand."""
_EQUAL = 1e-12
"""Relative: what differs by less differs by rounding alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedDifference:
    """What a test says of one setting against another, in the units of the values."""

    estimate: float
    """The first minus the second."""
    low: float | None = None
    """Lower end of the confidence interval; None where so few values allow none."""
    high: float | None = None
    p: float | None = None
    """Two-sided; None where it cannot be told: fewer than two values, or none of them varies."""
    effect: float | None = None


def difference(
    test: TestName, first: Sequence[float], second: Sequence[float], level: float
) -> TestedDifference:
    """Return how the first values differ from the second; of a paired test, the values at one place pair.

    The interval has the confidence 1 - `level`.
    """
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if min(len(one), len(other)) == 0:
        raise ValueError("a difference needs a value on both sides")
    if test == "welch":
        return _welch(one, other, level)
    if len(one) != len(other):
        raise ValueError(f"{len(one)} values cannot be paired with {len(other)}")
    gaps = one - other
    noise = _EQUAL * float(max(np.abs(one).max(), np.abs(other).max()))
    gaps[np.abs(gaps) <= noise] = 0.0
    if not gaps.any() and len(gaps) > 1:
        return TestedDifference(estimate=0.0, low=0.0, high=0.0, p=1.0, effect=0.0)
    if np.ptp(gaps) <= 2 * noise:
        return TestedDifference(estimate=float(gaps.mean()))
    return _PAIRED[test](gaps, level)


def smallest_p(test: TestName, values: int) -> float:
    """Return the smallest p that the test can give for so many pairs, or so many values on the smaller side.

    A signed-rank test of n pairs knows 2^n equally likely signs. A bootstrap counts the resamples without
    spread, n of n^n, as at least as far away.
    """
    if values < 2:
        return 1.0
    if test == "wilcoxon":
        return min(1.0, 2.0 ** (1 - values))
    if test == "bootstrap":
        return max(float(values) ** (1 - values), 1 / (RESAMPLES + 1))
    return 0.0


def _paired_t(gaps: NDArray[np.float64], level: float) -> TestedDifference:
    """Student's t of pairs; effect: Cohen's d_z (Lakens 2013, doi:10.3389/fpsyg.2013.00863)."""
    from scipy import stats

    found = stats.ttest_1samp(gaps, 0.0)
    interval = found.confidence_interval(1 - level)
    return TestedDifference(
        estimate=float(gaps.mean()),
        low=float(interval.low),
        high=float(interval.high),
        p=float(found.pvalue),
        effect=float(gaps.mean() / gaps.std(ddof=1)),
    )


def _wilcoxon(gaps: NDArray[np.float64], level: float) -> TestedDifference:
    """Wilcoxon's signed ranks, Hodges' and Lehmann's estimate and interval (Hollander & Wolfe 1999, 3.1-3.3).

    Pairs without a difference are left out. Effect: the matched-pairs rank-biserial correlation (Kerby 2014,
    doi:10.2466/11.IT.3.1).
    """
    from scipy import stats

    moved = gaps[gaps != 0]
    ranks = stats.rankdata(np.abs(moved))
    upper = np.triu_indices(len(moved))
    walsh = np.sort((moved[upper[0]] + moved[upper[1]]) / 2)
    outside = _ranks_outside(len(moved), level)
    return TestedDifference(
        estimate=float(np.median(walsh)),
        low=float(walsh[outside - 1]) if outside else None,
        high=float(walsh[-outside]) if outside else None,
        p=float(stats.wilcoxon(gaps).pvalue),
        effect=float(np.sum(np.sign(moved) * ranks) / np.sum(ranks)),
    )


def _ranks_outside(values: int, level: float) -> int:
    """Return the place of the Walsh average that bounds the interval; 0 where none is far enough out.

    It is the largest k for which the signed-rank sum is below k with a probability of at most level / 2.
    """
    total = values * (values + 1) // 2
    ways = np.zeros(total + 1)
    ways[0] = 1.0
    for rank in range(1, values + 1):
        ways[rank:] += ways[:-rank].copy()
    below = np.cumsum(ways / 2.0**values)
    return int(np.searchsorted(below, level / 2, side="right"))


def _bootstrap(gaps: NDArray[np.float64], level: float) -> TestedDifference:
    """Bootstrap of pairs, studentised and symmetric (Efron & Tibshirani 1993, chapters 12 and 16).

    A percentile interval would be too narrow for the few seeds that studies have. Always the same resamples.
    """
    count = len(gaps)
    drawn = np.random.default_rng(0).integers(count, size=(RESAMPLES, count))
    resampled = gaps[drawn]
    centre, error = float(gaps.mean()), float(gaps.std(ddof=1)) / math.sqrt(count)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = resampled.std(axis=1, ddof=1) / math.sqrt(count)
        away = np.abs(resampled.mean(axis=1) - centre) / errors
    away[errors <= error * _EQUAL] = math.inf  # all of one pair: no spread, so it speaks for no difference
    p = (1 + int(np.sum(away >= abs(centre) / error))) / (RESAMPLES + 1)
    reach = float(np.sort(away)[math.ceil((1 - level) * (RESAMPLES + 1)) - 1]) * error
    bounded = math.isfinite(reach)
    return TestedDifference(
        estimate=centre,
        low=centre - reach if bounded else None,
        high=centre + reach if bounded else None,
        p=p,
        effect=centre / float(gaps.std(ddof=1)),
    )


def _welch(one: NDArray[np.float64], other: NDArray[np.float64], level: float) -> TestedDifference:
    """Welch's t of two groups; effect: Hedges' g (Hedges 1981, doi:10.3102/10769986006002107)."""
    from scipy import stats

    estimate = float(one.mean() - other.mean())
    free = len(one) + len(other) - 2
    noise = _EQUAL * float(max(np.abs(one).max(), np.abs(other).max()))
    if min(len(one), len(other)) < 2 or max(np.ptp(one), np.ptp(other)) <= 2 * noise:
        return TestedDifference(estimate=estimate)
    with warnings.catch_warnings():  # of a side that does not vary, which is looked at above
        warnings.simplefilter("ignore", RuntimeWarning)
        found = stats.ttest_ind(one, other, equal_var=False)
    interval = found.confidence_interval(1 - level)
    pooled = ((len(one) - 1) * one.var(ddof=1) + (len(other) - 1) * other.var(ddof=1)) / free
    return TestedDifference(
        estimate=estimate,
        low=float(interval.low),
        high=float(interval.high),
        p=float(found.pvalue),
        effect=estimate / math.sqrt(float(pooled)) * (1 - 3 / (4 * free - 1)),
    )


_PAIRED: dict[TestName, Callable[[NDArray[np.float64], float], TestedDifference]] = {
    "paired-t": _paired_t,
    "wilcoxon": _wilcoxon,
    "bootstrap": _bootstrap,
}
PAIRED = frozenset(_PAIRED)
EFFECTS: dict[TestName, str] = {
    "paired-t": "Cohen's d_z",
    "bootstrap": "Cohen's d_z",
    "wilcoxon": "rank-biserial correlation",
    "welch": "Hedges' g",
}
"""What the effect size of a test is called."""
WORDS: dict[TestName, str] = {
    "paired-t": "paired t-test",
    "bootstrap": "paired bootstrap",
    "wilcoxon": "Wilcoxon signed-rank test",
    "welch": "Welch's t-test",
}
"""What a test is called in a sentence."""
