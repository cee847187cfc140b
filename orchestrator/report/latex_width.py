"""How wide text will be in LaTeX, by the widths of letters in Latin Modern, which are Computer Modern's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROMAN = {
    "!',.:;[]`il|": 278, "fj": 306, "-": 333, " ": 333, "I": 361, '"': 500, "()t": 389, "r": 392, "s": 394,
    "cez": 444, "?": 472, "$*/0123456789\\ago{}": 500, "J": 514, "kqvxy": 528, "S^bdhnpu~": 556, "Z": 611,
    "L": 625, "F": 653, "EP": 681, "B": 708, "CTw": 722, "R": 736, "AHNUVXY_": 750, "D": 764,
    "&+<=>@KOQG±\N{MULTIPLICATION SIGN}\N{MINUS SIGN}": 785, "#%m": 833, "M": 917, "W—": 1028,
}  # fmt: skip
"""Letters -> thousandths of the size, of the upright font at 10 pt (`ec-lmr10.tfm`)."""
_LETTERS = {letter: width / 1000 for letters, width in _ROMAN.items() for letter in letters}
_OTHER = 0.8
"""Of a letter that is not listed; few are wider."""
BOLD = 1.16
"""So many times as wide are digits and most letters in bold."""
_LONG = 80.0
"""Words narrower than this are not broken between any two letters, in points at 10 pt."""
DIGIT = 5.0
"""Width of a digit at 10 pt, in points."""


@dataclass(frozen=True, slots=True)
class FontSize:
    """A font size of the class `article` at 10 pt."""

    command: str
    scale: float
    """How wide its letters are beside those at 10 pt: small fonts are cut wider."""
    line: float
    """From one line to the next, in points."""


SIZES = (
    FontSize("", 1.0, 12.0),
    FontSize(r"\small", 0.926, 11.0),
    FontSize(r"\footnotesize", 0.851, 9.5),
    FontSize(r"\scriptsize", 0.797, 8.0),
)


@lru_cache(maxsize=10_000)
def width(text: str) -> float:
    """Return the width of a text at 10 pt, in points."""
    return 10 * sum(_LETTERS.get(letter, _OTHER) for letter in text)


def widest(lines: Sequence[str]) -> float:
    """Return the width of the widest line; 0 where there is none."""
    return max(map(width, lines), default=0.0)


def wrapped(text: str, limit: float, *, anywhere: bool = False) -> list[str]:
    """Return the text in lines of at most `limit` points at 10 pt, as far as its words allow.

    With `anywhere`, names that are too long are broken behind a joint (`_`, `/`, ...), else at any letter.
    """
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}") <= limit:
            lines[-1] += f" {word}"
        elif anywhere and width(word) > limit:
            lines += _cut(word, limit)
        else:
            lines.append(word)
    return lines or [""]


def _cut(word: str, limit: float) -> list[str]:
    """Return the pieces of a word that is too long, in lines."""
    lines = [""]
    for piece in re.findall(r"[^_/.=:\-]*[_/.=:\-]|[^_/.=:\-]+", word):
        if lines[-1] and width(lines[-1] + piece) > limit:
            lines.append("")
        lines[-1] += piece
    longest = max(1.5 * limit, _LONG)
    return [part for line in lines for part in (_letters(line, limit) if width(line) > longest else [line])]


def _letters(word: str, limit: float) -> list[str]:
    lines = [""]
    for letter in word:
        if lines[-1] and width(lines[-1] + letter) > limit:
            lines.append("")
        lines[-1] += letter
    return lines
