"""Reads the confusion matrices that trials left."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.counts import Counts

if TYPE_CHECKING:
    from pathlib import Path

_FORM = (
    "first line `truth` and the classes, then for each class its name and how often it was answered as each"
)


def read_counts(path: Path, told: str) -> Counts | None:
    """Return the counts of a CSV file, None where there is none; NotFoundError where it is no such file.

    The first line names the answers, the first column the truths: the same classes in the same order.
    """
    if not path.is_file():
        return None
    try:
        with path.open(newline="", encoding="utf-8") as file:
            head, *lines = [line for line in csv.reader(file) if line]
        rows = tuple(tuple(map(_count, line[1:])) for line in lines)
    except (OSError, ValueError, csv.Error) as error:
        raise NotFoundError(f"{told} holds no counts: {error}", hint=f"it has to have {_FORM}") from error
    labels = tuple(head[1:])
    if tuple(line[0] for line in lines) != labels or any(len(row) != len(labels) for row in rows):
        raise NotFoundError(
            f"{told} names other classes in its lines than in its columns", hint=f"it has to have {_FORM}"
        )
    return Counts(labels=labels, rows=rows)


def _count(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"`{text}` is no count")
    return value
