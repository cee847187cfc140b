"""What a dataset reader found, as metrics beside a result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.data.reading import Reading


def reading_counts(reading: Reading[Any]) -> dict[str, float]:
    """Return what was dropped and what was remarked upon, and `synthetic` (1 for drawn data).

    `dropped_<reason>` counts for each reason, `dropped` is their sum, `kept_<remark>` counts what stayed.
    """
    reasons = {f"dropped_{_slug(reason)}": float(count) for reason, count in reading.dropped.items()}
    remarks = {f"kept_{_slug(remark)}": float(count) for remark, count in reading.remarks.items()}
    return {**reasons, "dropped": sum(reasons.values()), **remarks, "synthetic": float(reading.synthetic)}


def _slug(reason: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", reason.lower()).strip("_")
