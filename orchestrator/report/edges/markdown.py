"""Writes tables and a whole report as Markdown, which a terminal shows too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.cell_text import number, printed
from orchestrator.report.escape import barred, inert
from orchestrator.report.table import full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.document import Report
    from orchestrator.report.table import Cell, Table


def markdown(table: Table) -> str:
    """Return the table in Markdown, its notes below it."""
    heads = table.row_heads or ("",)
    header = [*heads, *(full(path) for path in table.columns)]
    rows = [[*_labels(row.path, len(heads)), *map(_markdown_cell, row.cells)] for row in table.rows]
    widths = [max(len(barred(line[at])) for line in [header, *rows]) for at in range(len(header))]
    left, right = widths[: len(heads)], widths[len(heads) :]
    rule = ["-" * width for width in left] + ["-" * (width - 1) + ":" for width in right]
    lines = [
        "| " + " | ".join(f"{barred(text):{width}}" for text, width in zip(line, widths, strict=True)) + " |"
        for line in [header, rule, *rows]
    ]
    notes = [f"- {f'[{note.mark}] ' if note.mark else ''}{inert(note.text)}" for note in table.notes]
    return "\n".join([f"### {inert(table.title)}", "", *lines, "", *notes]).rstrip() + "\n"


def _labels(path: Sequence[str], columns: int) -> list[str]:
    """Return the labels of a row in so many columns; a shorter path leaves the last ones empty."""
    if columns == 1:
        return [full(path)]
    return [*path, *[""] * (columns - len(path))]


def as_text(report: Report) -> str:
    """Return all tables for a terminal or a Markdown file."""
    parts = [f"# {inert(report.study)}\n"]
    for chapter in report.chapters:
        parts += [f"## {inert(chapter.title)}\n"] * (len(report.chapters) > 1)
        parts += map(markdown, chapter.tables)
        for figure in chapter.figures:
            title = inert(figure.title)
            parts.append(f"### {title}\n\n![{title}]({figure.png})\n")
    if report.left_out:
        parts.append("\n".join(["### Left out\n", *(f"- {inert(text)}" for text in report.left_out)]) + "\n")
    return "\n".join([*parts, *(f"- {inert(name)}: {inert(value)}" for name, value in report.facts)]) + "\n"


def _markdown_cell(cell: Cell) -> str:
    measured = (f"**{number(cell)}**" if cell.best else number(cell)) + cell.sign.replace("*", r"\*")
    return " ".join(part for part in (measured, printed(cell), f"[{cell.mark}]" * bool(cell.mark)) if part)
