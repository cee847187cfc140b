"""Writes a report as Markdown, CSV, LaTeX and one HTML page."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from orchestrator.messages.terminal import plain
from orchestrator.report.escape import barred, inert, no_formula
from orchestrator.report.frames import cell_frame
from orchestrator.report.table import Cell, Note, Table, full, header_levels, quantity, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

    from orchestrator.report.document import Report

NOTHING = "—"
_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", "±": r"$\pm$", "\N{MULTIPLICATION SIGN}": r"$\times$",
    "—": "---", "\N{EN DASH}": "--", "≥": r"$\geq$", "≤": r"$\leq$", "→": r"$\rightarrow$",
    "\N{MINUS SIGN}": "$-$", "[": "{[}", "*": "{*}",  # after a line break both would be its arguments
}  # fmt: skip


def number(cell: Cell) -> str:
    """Return what was measured, as `0.655 ± 0.004`, or the text that stands there instead."""
    if cell.value is None:
        return cell.text or NOTHING
    spread = f" ± {shown(cell.std, cell.digits)}" if cell.spread and cell.std is not None else ""
    return shown(cell.value, cell.digits) + spread


def printed(cell: Cell) -> str:
    """Return the printed number in parentheses; nothing where none is printed."""
    return "" if cell.reference is None else f"({shown(cell.reference, cell.digits)})"


def markdown(table: Table) -> str:
    """Return the table in Markdown, its notes below it."""
    header = ["", *(full(path) for path in table.columns)]
    rows = [[full(row.path), *map(_markdown_cell, row.cells)] for row in table.rows]
    widths = [max(len(barred(line[at])) for line in [header, *rows]) for at in range(len(header))]
    rule = ["-" * width for width in widths[:1]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    lines = [
        "| " + " | ".join(f"{barred(text):{width}}" for text, width in zip(line, widths, strict=True)) + " |"
        for line in [header, rule, *rows]
    ]
    notes = [f"- {f'[{note.mark}] ' if note.mark else ''}{inert(note.text)}" for note in table.notes]
    return "\n".join([f"### {inert(table.title)}", "", *lines, "", *notes]).rstrip() + "\n"


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


def as_csv(table: Table) -> str:
    """Return one line per cell, numbers unrounded; an empty field where there is none."""
    frame = cell_frame(table)
    for name in ("row", "column", "metric"):
        frame[name] = frame[name].map(no_formula)
    frame["value"] = [no_formula(value) if isinstance(value, str) else value for value in frame["value"]]
    return frame.to_csv(index=False, lineterminator="\n")


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


def html(report: Report, folder: Path) -> str:
    """Return one page with all tables and figures in it; `folder` has the figures' files."""
    environment = _templates()
    environment.globals["picture"] = partial(_data_address, folder)
    return environment.get_template("report.html").render(report=report)


def table_html(table: Table) -> str:
    """Return one table as the report shows it, its notes below it, for a page that is somebody else's."""
    return _templates().get_template("one_table.html").render(table=table)


def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: plain(value) if type(value) is str else value,  # not of what is HTML already
    )
    environment.globals |= {"levels": header_levels, "full": full, "number": number, "printed": printed}
    environment.globals |= {"quantity": quantity, "shown": shown, "address": quote}
    return environment


def _markdown_cell(cell: Cell) -> str:
    measured = f"**{number(cell)}**" if cell.best else number(cell)
    return " ".join(part for part in (measured, printed(cell), f"[{cell.mark}]" * bool(cell.mark)) if part)


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


def _data_address(folder: Path, name: str) -> str:
    return "data:image/png;base64," + base64.b64encode((folder / name).read_bytes()).decode()


WRITERS: dict[str, Callable[[Table], str]] = {"md": markdown, "csv": as_csv, "tex": latex}
"""Suffix -> what writes one table."""
