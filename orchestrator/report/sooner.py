"""How many steps sooner one learning curve is as good as another ever gets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    Track = Mapping[int, Mapping[str, float]]  # step -> metric -> value


def curve(track: Track, metric: str) -> dict[int, float]:
    """Return what was logged of a metric at each step, ascending; values that are not finite left out."""
    found = {step: track[step].get(metric, math.nan) for step in sorted(track)}
    return {step: value for step, value in found.items() if math.isfinite(value)}


def sooner(
    ours: Mapping[int, float], base: Mapping[int, float], better: Literal["higher", "lower"]
) -> int | None:
    """Return how many steps before the base first has its best value the other curve reaches that value.

    Below 0 where it is later, None where it never gets there. Both curves have at least one step.
    """
    sign = 1 if better == "higher" else -1
    peak = max(base, key=lambda step: (sign * base[step], -step))
    first = next((step for step, value in ours.items() if sign * value >= sign * base[peak]), None)
    return None if first is None else peak - first
