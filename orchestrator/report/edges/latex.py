"""Writes a table for LaTeX, as wide as the text of the paper at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.latex_columns import stacked
from orchestrator.report.latex_fit import layouts
from orchestrator.report.latex_layout import TextArea, notes_in_paper, spaced
from orchestrator.report.latex_text import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.report.latex_columns import LatexColumn
    from orchestrator.report.latex_layout import TableHeading, TableLayout
    from orchestrator.report.table import Note, Table

PACKAGES = ("booktabs", "makecell", "multirow", "rotating", "siunitx", "threeparttable")
"""What a document needs that takes in the tables."""
ARTICLE = TextArea()
_NUMBERS = (
    "separate-uncertainty, detect-weight, mode=text, table-align-text-pre=false, table-align-text-post=false"
)
_THOUSANDS = "group-digits=integer, group-separator={,}, group-minimum-digits=4"


def latex(table: Table, page: TextArea = ARTICLE) -> str:
    """Return the table for LaTeX, for `\\input` into a document with `PACKAGES`.

    It is measured with the letters of Computer and Latin Modern against the text of `page`: where it is too
    wide its headers are wrapped, else it is set smaller, on its side or in parts.
    """
    lines = [
        rf"% \usepackage{{{','.join(PACKAGES)}}}",
        f"% set for a text {page.width:g}pt wide; a line below `tablenotes` may be deleted, or all of it",
    ]
    for layout in layouts(table, page):
        lines += _part(layout)
    return "\n".join(lines) + "\n"


def _part(layout: TableLayout) -> Iterator[str]:
    table, size = layout.table, layout.size.command
    environment, places = ("sidewaystable", "p") if layout.rotated else ("table", "htbp")
    several = f" (part {layout.part} of {layout.parts})" if layout.parts > 1 else ""
    yield rf"\begin{{{environment}}}[{places}]"
    yield r"  \centering"
    yield rf"  \sisetup{{{_NUMBERS}}}"
    yield rf"  \sisetup{{{_THOUSANDS}}}"
    yield r"  \begin{threeparttable}"
    yield rf"    \caption{{{escape(table.title, breaking=True)}{several}}}"
    yield rf"    \label{{tab:{table.id}{f':{layout.part}' if layout.part > 1 else ''}}}"
    yield from [f"    {size}"] * bool(size)
    yield from [rf"    \setlength{{\tabcolsep}}{{{layout.style.gap:g}pt}}"] * (layout.style.gap != 6)
    yield from (f"    {line}" for line in _tabular(layout))
    yield from (f"    {line}" for line in _notes(layout))
    yield r"  \end{threeparttable}"
    yield rf"\end{{{environment}}}"


def _tabular(layout: TableLayout) -> Iterator[str]:
    columns = [column for group in layout.columns for column in group]
    spread = layout.spread is not None
    formats = _formats(layout, columns)
    yield rf"\begin{{tabular*}}{{{layout.spread:g}pt}}{{%" if spread else r"\begin{tabular}{%"
    yield from (f"    {one}" for one in formats)
    yield "  }"
    yield r"  \toprule"
    yield from (f"  {line}" for line in _header(layout))
    yield r"  \midrule"
    yield from (f"  {line}" for line in _rows(layout, columns))
    yield r"  \bottomrule"
    yield r"\end{tabular*}" if spread else r"\end{tabular}"


def _formats(layout: TableLayout, columns: Sequence[LatexColumn]) -> list[str]:
    """Return what describes the columns: first those of the labels, then one a line."""
    fill = r"\extracolsep{\fill}" if layout.spread is not None else ""
    stop = r"\extracolsep{0pt}" * bool(fill)
    again = f"!{{{fill}}}" * bool(fill)
    formats = [
        rf"@{{{stop}\enspace}}{column.format}{again}" if column.close else column.format for column in columns
    ]
    return [f"@{{{fill}}}{'l' * layout.depth}", *formats[:-1], formats[-1] + "@{}"]


def _header(layout: TableLayout) -> Iterator[str]:
    """Yield the lines of the header, with a rule below each group of columns."""
    for level in layout.header:
        cells, rules, start = [""] * layout.depth, [], layout.depth + 1
        at = 0
        for heading in level:
            group = [column for one in layout.columns[at : at + heading.span] for column in one]
            at += heading.span
            cells.append(_heading(heading, group, last=at == len(layout.columns)))
            if level is not layout.header[-1] and heading.lines != ("",):
                rules.append(rf"\cmidrule(lr){{{start}-{start + len(group) - 1}}}")
            start += len(group)
        yield " & ".join(cells) + r" \\"
        yield from [" ".join(rules)] * bool(rules)


def _heading(heading: TableHeading, columns: Sequence[LatexColumn], *, last: bool) -> str:
    words = columns[0].format == "l" and len(columns) == 1
    text = stacked(heading.lines, "bl" if words else "bc")
    if len(columns) > 1:
        return rf"\multicolumn{{{len(columns)}}}{{c{'@{}' * last}}}{{{text}}}"
    return f"{{{text}}}" if columns[0].numeric else text


def _rows(layout: TableLayout, columns: Sequence[LatexColumn]) -> Iterator[str]:
    paths = [row.path for row in layout.table.rows]
    for at, path in enumerate(paths):
        before = paths[at - 1] if at else ()
        if at and spaced(paths, at):
            yield r"\addlinespace"
        cells = " & ".join(column.cells[at] for column in columns)
        if layout.style.indented:
            yield from _group_lines(layout, at, before)
            label = r"\quad " * (len(path) - 1) + _label(layout.labels[at][-1])
        else:
            label = _beside(layout, at, before)
        yield f"{label} & {cells}".rstrip() + r" \\"


def _label(lines: Sequence[str]) -> str:
    return stacked(lines, "tl")


def _group_lines(layout: TableLayout, at: int, before: Sequence[str]) -> Iterator[str]:
    """Yield a line for each group of rows that begins with this one."""
    path = layout.table.rows[at].path
    count = 1 + sum(map(len, layout.columns))
    for level in range(len(path) - 1):
        if tuple(before[: level + 1]) != path[: level + 1]:
            label = escape(" ".join(layout.labels[at][level]))
            indent = r"\quad " * level
            yield rf"\multicolumn{{{count}}}{{@{{}}l@{{}}}}{{{indent}{label}}} \\*"


def _beside(layout: TableLayout, at: int, before: Sequence[str]) -> str:
    """Return the labels of a row in columns; one that is as in the row above is not repeated."""
    path, lines = layout.table.rows[at].path, layout.labels[at]
    if len(path) < layout.depth:
        told = " / ".join(map(_label, lines))
        return rf"\multicolumn{{{layout.depth}}}{{@{{}}l}}{{{told}}}"
    cells = []
    for level in range(len(path)):
        inner = level < len(path) - 1
        if inner and len(before) == len(path) and tuple(before[: level + 1]) == path[: level + 1]:
            cells.append("")
            continue
        count = _rows_of_group(layout, at, level) if inner else 1
        label = _label(lines[level])
        cells.append(rf"\multirow[t]{{{count}}}{{*}}{{{label}}}" if count > 1 else label)
    return " & ".join(cells)


def _rows_of_group(layout: TableLayout, at: int, level: int) -> int:
    """Return how many rows share the first labels of this one, it and those right below it."""
    rows = layout.table.rows
    path = rows[at].path
    below = range(at + 1, len(rows))
    end = next(
        (
            one
            for one in below
            if rows[one].path[: level + 1] != path[: level + 1] or len(rows[one].path) != len(path)
        ),
        len(rows),
    )
    return end - at


def _notes(layout: TableLayout) -> Iterator[str]:
    """Yield what stands below: marked notes below the parts that use them, the others below the last."""
    used = {cell.mark for row in layout.table.rows for cell in row.cells if cell.mark}
    last = layout.part == layout.parts
    notes = [note for note in notes_in_paper(layout.table) if (note.mark in used if note.mark else last)]
    if notes:
        yield r"\begin{tablenotes}[flushleft]\footnotesize\raggedright\setlength{\labelsep}{0pt}"
        yield from (f"  {_item(note)}" for note in notes)
        yield r"\end{tablenotes}"


def _item(note: Note) -> str:
    mark = rf"\item[{escape(note.mark)}]\," if note.mark else r"\item[] "
    return f"{mark}{escape(note.text, breaking=True)} % {note.kind}"
