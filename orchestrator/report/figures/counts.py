"""Counts of answers by what is true, as trials leave them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A confusion matrix: how often each class (row) was answered as each class (column)."""

    labels: tuple[str, ...]
    """The classes, of rows and columns alike."""
    rows: tuple[tuple[float, ...], ...]

    @property
    def total(self) -> float:
        """How many answers were counted."""
        return sum(map(sum, self.rows))

    @property
    def right(self) -> float:
        """How many of them were right."""
        return sum(row[place] for place, row in enumerate(self.rows))

    def shares(self) -> list[list[float | None]]:
        """Return what share of each row each answer has; None in a row of a class that does not occur."""
        return [[count / whole if (whole := sum(row)) else None for count in row] for row in self.rows]

    def wrong(self) -> list[tuple[float, str, str]]:
        """Return wrong answers by their share of the row, the largest first: share, truth, answer."""
        found = [
            (share, self.labels[truth], self.labels[answer])
            for truth, row in enumerate(self.shares())
            for answer, share in enumerate(row)
            if truth != answer and share
        ]
        return sorted(found, key=lambda one: -one[0])


def summed(each: Sequence[Counts]) -> Counts:
    """Return the sum of several; NotFoundError where they do not count the same classes."""
    labels = each[0].labels
    if strange := next((one.labels for one in each if one.labels != labels), None):
        raise NotFoundError(
            f"trials count other classes than each other: `{', '.join(labels)}` and `{', '.join(strange)}`",
            hint="choose trials with the same classes by `where`",
        )
    places = range(len(labels))
    rows = tuple(tuple(sum(one.rows[row][column] for one in each) for column in places) for row in places)
    return Counts(labels=labels, rows=rows)
