"""Numbers as siunitx reads and aligns them, and how wide they get."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.report.latex_width import DIGIT, width
from orchestrator.report.table import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.table import Cell

_NUMBER = re.compile(r"([<>]?)\s*([-\N{MINUS SIGN}+]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(?:e([-+]?\d+))?")
_WIDER = 1.35
"""So many times as wide as its widest number a column of aligned numbers may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """A number as siunitx reads it."""

    sign: str = ""
    whole: str
    decimals: str = ""
    exponent: str = ""
    spread: str = ""
    before: str = ""
    """`<` or `>`."""

    @property
    def shape(self) -> tuple[object, ...]:
        """Return what its width depends on."""
        parts = (self.whole, self.decimals, self.spread.partition(".")[0], self.exponent)
        return (bool(self.sign), bool(self.before), bool(self.spread), *map(len, parts))

    @property
    def text(self) -> str:
        """Return the number for siunitx."""
        point = f".{self.decimals}" if self.decimals else ""
        spread = rf" \pm {self.spread}" if self.spread else ""
        power = f"e{self.exponent}" if self.exponent else ""
        return f"{self.before}{self.sign}{self.whole}{point}{spread}{power}"


def number_of(cell: Cell) -> Numeral | None:
    """Return a cell as a number; None for a text."""
    if cell.text or cell.value is None:
        return read_number(cell.text)
    found = read_number(shown(cell.value, cell.digits))
    if found is None or cell.around is None:
        return found
    if found.exponent:
        around = Decimal(cell.around).scaleb(-int(found.exponent))
        return replace(found, spread=f"{around:.{len(found.decimals)}f}")
    shown_around = shown(cell.around, cell.digits).partition("e")[0]
    places = len(found.decimals or shown_around.partition(".")[2])
    whole, _, decimals = f"{abs(cell.value):.{places}f}".partition(".")
    return replace(found, whole=whole, decimals=decimals, spread=f"{cell.around:.{places}f}")


def read_number(text: str) -> Numeral | None:
    """Return the number that a text is, as `-12,345.6`, `< 0.001` or `1.2e-05`; None for other texts."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    before, sign, whole, decimals, exponent = found.groups()
    return Numeral(
        before=before,
        sign="-" * (sign in {"-", "\N{MINUS SIGN}"}),
        whole=whole.replace(",", ""),
        decimals=decimals or "",
        exponent=str(int(exponent)) if exponent else "",
    )


def alike(numbers: Sequence[Numeral]) -> list[Numeral]:
    """Return the numbers that can be aligned: without those that would make the column much wider.

    Where rows are settings, one with seven digits stands above one with four decimals.
    """
    shapes = {number.shape: number for number in numbers}
    widest = max(format_width([number]) for number in shapes.values())
    while len(shapes) > 1 and format_width([*shapes.values()]) > _WIDER * widest:
        rests = [{shape: shapes[shape] for shape in shapes if shape != other} for other in shapes]
        shapes = min(rests, key=lambda rest: format_width([*rest.values()]))
    return [number for number in numbers if number.shape in shapes]


def table_format(numbers: Sequence[Numeral]) -> str:
    """Return what siunitx calls table-format: the digits that the numbers take at most, as `-2.3(4)`."""
    decimals = max(len(number.decimals) for number in numbers)
    text = "".join(dict.fromkeys(number.before for number in numbers if number.before))[:1]
    text += "-" * any(number.sign for number in numbers)
    text += str(max(len(number.whole) for number in numbers))
    text += f".{decimals}" * bool(decimals)
    spreads = [number.spread.partition(".") for number in numbers if number.spread]
    if spreads:
        text += f"({max(len(whole) for whole, _, _ in spreads) + decimals})"
    exponents = [number.exponent for number in numbers if number.exponent]
    if exponents:
        longest = max(len(exponent.lstrip("-")) for exponent in exponents)
        text += f"e{'-' * any(exponent.startswith('-') for exponent in exponents)}{longest}"
    return text


def format_width(numbers: Sequence[Numeral]) -> float:
    """Return the width that these numbers take when they are aligned, at 10 pt, in points."""
    decimals = max(len(number.decimals) for number in numbers)
    whole = max(len(number.whole) for number in numbers)
    point = 2.8 if decimals else 0.0
    wide = DIGIT * (whole + decimals) + point + (2.8 * ((whole - 1) // 3))
    wide += 7.8 * any(number.sign for number in numbers) + 7.8 * any(number.before for number in numbers)
    spreads = [len(number.spread.partition(".")[0]) for number in numbers if number.spread]
    if spreads:
        wide += 12.3 + DIGIT * (max(spreads) + decimals) + point
    exponents = [number.exponent for number in numbers if number.exponent]
    if exponents:
        wide += 22.3 + 4.0 * max(len(exponent.lstrip("-")) for exponent in exponents)
        wide += 6.2 * any(exponent.startswith("-") for exponent in exponents) + width("()") * bool(spreads)
    return wide
