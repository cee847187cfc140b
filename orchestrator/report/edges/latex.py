"""Writes a table for LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.cell_text import number, printed
from orchestrator.report.table import full, header_levels

if TYPE_CHECKING:
    from orchestrator.report.table import Cell, Note, Table

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", "±": r"$\pm$", "\N{MULTIPLICATION SIGN}": r"$\times$",
    "—": "---", "\N{EN DASH}": "--", "≥": r"$\geq$", "≤": r"$\leq$", "→": r"$\rightarrow$",
    "\N{MINUS SIGN}": "$-$", "[": "{[}", "*": "{*}",  # after a line break both would be its arguments
}  # fmt: skip


def latex(table: Table) -> str:
    """Return the table for LaTeX; the document needs the package booktabs."""
    lines = [
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{escape(table.title)}}}",
        rf"  \label{{tab:{table.id}}}",
        *(f"  {line}" if "{tabular}" in line else f"    {line}" for line in _latex_lines(table)),
        *([r"  \par\medskip\footnotesize\raggedright"] if table.notes else []),
        *(rf"  {_latex_note(note)}\par" for note in table.notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Return the text with everything that LaTeX would read as a command escaped."""
    return "".join(_LATEX.get(letter, letter) for letter in " ".join(text.split()))


def _latex_cell(cell: Cell) -> str:
    measured = escape(number(cell))
    measured = rf"\textbf{{{measured}}}" if cell.best else measured
    mark = rf"\textsuperscript{{{cell.mark}}}" if cell.mark else ""
    return " ".join(part for part in (measured + mark, printed(cell)) if part)


def _latex_lines(table: Table) -> list[str]:
    """Return the lines of the tabular, with a rule below each group of columns."""
    import pandas as pd

    depth = max(len(path) for path in table.columns)
    paths = [("",) * (depth - len(path)) + tuple(map(escape, path)) for path in table.columns]
    frame = pd.DataFrame(
        [list(map(_latex_cell, row.cells)) for row in table.rows],
        index=[escape(full(row.path)) for row in table.rows],
        columns=pd.MultiIndex.from_tuples(paths) if depth > 1 else [label for (label,) in paths],
    )
    text = frame.style.to_latex(hrules=True, column_format=f"l{'c' * len(paths)}", multicol_align="c")
    lines = text.splitlines()
    for place, level in enumerate(header_levels(table)[:-1]):
        if rules := _rules(level):
            lines.insert(3 + 2 * place, rules)
    return lines


def _rules(level: list[tuple[str, int]]) -> str:
    rules: list[str] = []
    start = 2
    for label, span in level:
        if label:
            rules.append(rf"\cmidrule(lr){{{start}-{start + span - 1}}}")
        start += span
    return " ".join(rules)


def _latex_note(note: Note) -> str:
    mark = rf"\textsuperscript{{{note.mark}}} " if note.mark else ""
    return mark + escape(note.text)
