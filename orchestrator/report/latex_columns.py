"""Columns of a table for LaTeX: numbers aligned at their points, printed ones and ranges beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.report.cell_text import NOTHING
from orchestrator.report.latex_numbers import alike, format_width, number_of, read_number, table_format
from orchestrator.report.latex_text import escape
from orchestrator.report.latex_width import BOLD, widest, width, wrapped
from orchestrator.report.table import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.latex_numbers import Numeral
    from orchestrator.report.table import Cell

_MINUS = "-\N{MINUS SIGN}"
_INTERVAL = re.compile(r"([\[(])\s*([-\N{MINUS SIGN}]?\d[\d.,]*?),\s+([-\N{MINUS SIGN}]?\d[\d.,]*)\s*([\])])")
_RAISED = 4.7
"""Width of a raised letter or star at 10 pt, in bold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatexColumn:
    """One column of the tabular; several stand for one of the table."""

    format: str
    """As `S[table-format=1.3]`, `l` or `c`."""
    cells: tuple[str, ...]
    """For LaTeX, one of each row."""
    width: float
    """Of its widest cell at 10 pt, in points."""
    lines: tuple[int, ...] = ()
    """How many lines each cell takes."""
    close: bool = False
    """Whether it stands close to the one before it."""

    @property
    def numeric(self) -> bool:
        """Whether siunitx reads its cells, so that a text stands in braces."""
        return self.format.startswith("S")

    def rows(self, start: int, end: int) -> LatexColumn:
        """Return the column of some of its rows, as wide as the whole."""
        return replace(self, cells=self.cells[start:end], lines=self.lines[start:end])


def columns_of(cells: Sequence[Cell], limit: float) -> list[LatexColumn]:
    """Return the columns that stand for one of the table; texts are wrapped at `limit` points."""
    numbers = [number_of(cell) for cell in cells]
    beside = [_ends(cells)] if any(cell.ends for cell in cells) else []
    beside += [_printed(cells)] if any(cell.reference is not None for cell in cells) else []
    if any(numbers):
        return [_numeric(cells, numbers, limit), *beside]
    texts = [cell.text for cell in cells]
    if any(map(_INTERVAL.fullmatch, texts)):
        return [_intervals(cells, texts), *beside]
    return [_texts(cells, limit), *beside]


def _numeric(cells: Sequence[Cell], numbers: Sequence[Numeral | None], limit: float) -> LatexColumn:
    """Return the column that aligns its numbers at their points, with others in braces among them."""
    aligned = alike([number for number in numbers if number])
    among = set(aligned)
    told = [
        _in_number(cell, number) if number in among else _in_braces(cell, number, limit)
        for cell, number in zip(cells, numbers, strict=True)
    ]
    bold = any(cell.best for cell in cells)
    post = max(map(_post, cells), key=len) + r"\," * bold
    options = [f"table-format={table_format(aligned)}", *[f"table-space-text-post={{{post}}}"] * bool(post)]
    room = format_width(aligned) * (BOLD if bold else 1) + max(map(_post_width, cells)) + 1.7 * bold
    return LatexColumn(
        format=f"S[{', '.join(options)}]",
        cells=tuple(text for text, _, _ in told),
        width=max([room, *(wide for _, wide, _ in told)]),
        lines=tuple(lines for _, _, lines in told),
    )


def _in_number(cell: Cell, number: Numeral | None) -> tuple[str, float, int]:
    """Return a cell that siunitx aligns; its width is the format's."""
    assert number is not None, "only numbers are aligned"
    bold = r"\bfseries " if cell.best else ""
    post = _post(cell)
    return bold + number.text + (f"{{{post}}}" if post else ""), 0.0, 1


def _in_braces(cell: Cell, number: Numeral | None, limit: float) -> tuple[str, float, int]:
    """Return a cell that siunitx does not align."""
    if number is None:
        text, wide, lines = _words(cell, limit)
        return f"{{{text}}}", wide, lines
    told = rf"\num{{{number.text}}}"
    told = rf"\textbf{{{told}}}" if cell.best else told
    wide = format_width([number]) * (BOLD if cell.best else 1)
    return f"{{{told}{_post(cell)}}}", wide + _post_width(cell), 1


def _words(cell: Cell, limit: float) -> tuple[str, float, int]:
    """Return a cell without a number, with its width at 10 pt and its lines."""
    pieces = wrapped(cell.text or NOTHING, limit, anywhere=True)
    text, wide = stacked(pieces, "tl"), widest(pieces)
    if cell.best:
        text, wide = rf"\textbf{{{text}}}", wide * BOLD
    return text + _post(cell), wide + _post_width(cell), len(pieces)


def _post(cell: Cell) -> str:
    sign = rf"\textsuperscript{{{escape(cell.sign)}}}" if cell.sign else ""
    return sign + (rf"\tnote{{{escape(cell.mark)}}}" if cell.mark else "")


def _post_width(cell: Cell) -> float:
    return _RAISED * (len(cell.sign) + len(cell.mark))


def _printed(cells: Sequence[Cell]) -> LatexColumn:
    """Return the column of what a paper printed, in parentheses."""
    read = [
        None if cell.reference is None else read_number(shown(cell.reference, cell.digits)) for cell in cells
    ]
    numbers = [number for number in read if number]
    aligned = alike(numbers)
    among = set(aligned)
    told = [f"{{(}}{one.text}{{)}}" if one in among else rf"{{(\num{{{one.text}}})}}" for one in numbers]
    left = iter(told)
    space = "table-space-text-pre={(}, table-space-text-post={)}"
    return LatexColumn(
        format=f"S[table-format={table_format(aligned)}, {space}]",
        cells=tuple(next(left) if number else "" for number in read),
        width=max([format_width(aligned), *(format_width([one]) for one in numbers)]) + width("()"),
        lines=(1,) * len(cells),
        close=True,
    )


def _ends(cells: Sequence[Cell]) -> LatexColumn:
    """Return the column of ranges."""
    ends = [cell.ends for cell in cells]
    texts = [
        f"[{shown(two[0], cell.digits)}, {shown(two[1], cell.digits)}]" if two else ""
        for cell, two in zip(cells, ends, strict=True)
    ]
    column = _intervals([replace(cell, best=False, mark="", sign="", text="") for cell in cells], texts)
    return replace(column, close=True)


def _intervals(cells: Sequence[Cell], texts: Sequence[str]) -> LatexColumn:
    """Return a column of texts as `[0.651, 0.659]`, with room where others have a sign or a digit more."""
    found = [_INTERVAL.fullmatch(text) for text in texts]
    low, high = (_End.of([match[side] for match in found if match]) for side in (2, 3))
    told = []
    for cell, text, match in zip(cells, texts, found, strict=True):
        line = escape(text or NOTHING * (cell.ends is None))
        if match:
            first, second = low.set(match[2]), high.set(match[3])
            line = f"{low.room(match[2])}{{{match[1]}}}{first}, {high.room(match[3])}{second}{match[4]}"
        told.append((rf"\textbf{{{line}}}" if cell.best and text else line) + _post(cell))
    wide = max(low.width + high.width + width("[, ]"), *(width(text) for text in texts))
    wide += max(map(_post_width, cells))
    return LatexColumn(format="c", cells=tuple(told), width=wide, lines=(1,) * len(cells))


@dataclass(frozen=True, slots=True)
class _End:
    """What the numbers at one end of the intervals of a column have at most."""

    digits: int
    """Before the point."""
    signed: bool
    width: float

    @classmethod
    def of(cls, numbers: Sequence[str]) -> _End:
        """Return it of these numbers."""
        signed = any(number[0] in _MINUS for number in numbers)
        halves = [number.lstrip(_MINUS).partition(".") for number in numbers]
        wide = max((width(whole) for whole, _, _ in halves), default=0.0) + 7.8 * signed
        wide += max((width(f".{end}") for _, _, end in halves), default=0.0)
        return cls(max((len(whole) for whole, _, _ in halves), default=0), signed, wide)

    def room(self, number: str) -> str:
        """Return the room before a number that has a sign or digits less than others."""
        own = number.lstrip(_MINUS)
        missing = "0" * (self.digits - len(own.partition(".")[0]))
        missing += "$-$" * (self.signed and own == number)
        return rf"\phantom{{{missing}}}" if missing else ""

    def set(self, number: str) -> str:
        """Return a number for LaTeX."""
        own = number.lstrip(_MINUS)
        return own if own == number else f"$-${own}"


def _texts(cells: Sequence[Cell], limit: float) -> LatexColumn:
    """Return a column of words, or of nothing."""
    told = [_words(cell, limit) for cell in cells]
    return LatexColumn(
        format="l" if any(cell.text for cell in cells) else "c",
        cells=tuple(text for text, _, _ in told),
        width=max(wide for _, wide, _ in told),
        lines=tuple(lines for _, _, lines in told),
    )


def stacked(lines: Sequence[str], place: str) -> str:
    """Return a text for LaTeX in several lines; `place` says where it stands, as `bc` or `tl`."""
    if len(lines) == 1:
        return escape(lines[0])
    told = r" \\ ".join(map(escape, lines))
    return rf"\makecell[{place}]{{{told}}}"
