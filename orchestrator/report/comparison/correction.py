"""Correction of p for the many comparisons of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.comparison.definition import Correction

_METHODS: dict[Correction, str] = {
    "holm": "holm",
    "bonferroni": "bonferroni",
    "benjamini-hochberg": "fdr_bh",
}
WORDS: dict[Correction, str] = {
    "holm": "Holm",
    "bonferroni": "Bonferroni",
    "benjamini-hochberg": "Benjamini-Hochberg",
    "none": "uncorrected",
}
"""What a correction is called in a sentence."""


def corrected(found: Sequence[float | None], correction: Correction) -> list[float | None]:
    """Return p after correction for all that are known; those that are not stay unknown and do not count."""
    known = [p for p in found if p is not None]
    if not known or correction == "none":
        return list(found)
    from statsmodels.stats.multitest import multipletests

    adjusted = iter(multipletests(known, method=_METHODS[correction])[1])
    return [None if p is None else float(next(adjusted)) for p in found]
