"""How many digits of a number are worth showing, where nobody has said it.

A spread has two digits where its first three are 100 to 354 or above 949, else one, and the value ends where
its spread does: the rule of the Particle Data Group (Review of Particle Physics, section "Rounding").
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOISE = 1e-12
"""A spread that is smaller beside its value comes of the rounding of sums."""
_MOST = 1e15
"""From here on, as below 1e-4, a power of ten is written."""
_GROUPED = 1000
"""From here on all digits before the point are shown."""


def alone(value: float) -> str:
    """Return a number without a spread: whole as it is, else to four significant digits."""
    if float(value).is_integer() and abs(value) < _MOST:
        return f"{value + 0.0:,.0f}"  # no -0
    return f"{value:,.0f}" if _GROUPED <= abs(value) < _MOST else f"{value:.4g}"


def with_spread(value: float, spread: float) -> tuple[str, str]:
    """Return both sides of a ±, ending at the same place; "" for a spread that is nothing."""
    if not _tells(spread, value):
        return alone(value), ""
    shown, around = _ending_at(_last_place(spread), (value, spread))
    return shown, around


def with_ends(value: float, low: float, high: float) -> tuple[str, str, str]:
    """Return a value and the ends around it, as half their distance says; "" for ends that are one."""
    half = high / 2 - low / 2
    if not _tells(half, value):
        return alone(value), "", ""
    shown, first, last = _ending_at(_last_place(half), (value, low, high))
    return shown, first, last


def _tells(spread: float, value: float) -> bool:
    return math.isfinite(spread) and spread > _NOISE * abs(value)


def _last_place(spread: float) -> int:
    """Return the power of ten of the last digit that a spread has."""
    digits, exponent = f"{spread:.2e}".split("e")
    first = int(digits.replace(".", ""))
    power = int(exponent)
    if first > 949:
        return power
    return power - 1 if first <= 354 else power


def _ending_at(place: int, values: Sequence[float]) -> list[str]:
    """Return numbers that end at the same power of ten; all with the power of the largest where it is far."""
    rounded = [Decimal(repr(value)).quantize(Decimal(1).scaleb(place)) for value in values]
    largest = max(map(abs, rounded))
    power = 0 if -4 <= largest.adjusted() < 15 else largest.adjusted()
    sign = f"e{power:+03d}" if power else ""
    return [f"{one.scaleb(-power) + 0:,.{max(power - place, 0)}f}{sign}" for one in rounded]
