"""What a dataset reader found, as metrics beside a result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.data.reading import Reading


def reading_counts(reading: Reading[Any]) -> dict[str, float]:
    """Return `dropped_<reason>` for each reason, their sum `dropped`, and `synthetic` (1 for drawn data)."""
    reasons = {f"dropped_{_slug(reason)}": float(count) for reason, count in reading.dropped.items()}
    return {**reasons, "dropped": sum(reasons.values()), "synthetic": float(reading.synthetic)}


def _slug(reason: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", reason.lower()).strip("_")
