"""Writes a small document with all tables and figures of a report, and compiles it where LaTeX is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from orchestrator.files.record_file import write_beside
from orchestrator.messages.terminal import plain
from orchestrator.report.edges.latex import ARTICLE, PACKAGES, latex
from orchestrator.report.latex_text import escape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.report.document import Chapter, Figure, Report
    from orchestrator.report.latex_layout import TextArea

_PROGRAM = "pdflatex"
_DOCUMENT = "paper.tex"
_OPENED = re.compile(r"\(\./(tables/[^\s()]+\.tex)$")
_TOO_LARGE = re.compile(r"Overfull \\hbox \(([\d.]+)pt too wide\)|Float too large for page by ([\d.]+)pt")


def write_paper(report: Report, out: Path, page: TextArea = ARTICLE) -> Path:
    """Write `paper/` into a report's folder, with all that it takes in, and return the path of its document.

    The tables are set for the text of `page`.
    """
    folder = out / "paper"
    for table in (table for chapter in report.chapters for table in chapter.tables):
        write_beside(folder / "tables" / f"{table.id}.tex", latex(table, page))
    for figure in (figure for chapter in report.chapters for figure in chapter.figures):
        place = folder / figure.pdf
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(out / figure.pdf, place)
    document = folder / _DOCUMENT
    write_beside(document, "\n".join(_document(report, page)) + "\n")
    return document


def compile_paper(document: Path) -> str:
    """Compile a document beside itself and return what came of it, in a sentence for its writer."""
    pdf = document.with_suffix(".pdf")
    if shutil.which(_PROGRAM) is None:
        return (
            f"the paper is {document}; there is no `{_PROGRAM}` here, so compile it where LaTeX is:"
            f" cd {document.parent} && {_PROGRAM} {document.name}"
        )
    pdf.unlink(missing_ok=True)
    command = [_PROGRAM, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", document.name]
    subprocess.run(
        command,
        cwd=document.parent,
        env={**os.environ, "max_print_line": "10000"},  # else lines of the log are cut
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    log = document.with_suffix(".log")
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    if not pdf.exists():
        failed = next(
            (line for line in text.splitlines() if line.startswith("!")), f"{_PROGRAM} wrote no PDF"
        )
        return f"the paper is {document}, but LaTeX stopped: {plain(failed)}; see {log}"
    return f"the paper is {pdf}" + "".join(f"; {one}" for one in too_large(text))


def too_large(log: str) -> list[str]:
    """Return what is wider or longer than the page by the log of LaTeX, and by how many points."""
    found, place = [], _DOCUMENT
    for line in log.splitlines():
        opened = _OPENED.findall(line)
        place = opened[-1] if opened else _DOCUMENT if line.startswith(")") else place
        if match := _TOO_LARGE.search(line):
            how = f"{match[1]} pt too wide" if match[1] else f"{match[2]} pt too long"
            found.append(f"{place}: {how}")
    return found


def _document(report: Report, page: TextArea) -> Iterator[str]:
    for name, value in (*report.facts, *(("Left out", text) for text in report.left_out)):
        yield "% " + " ".join(plain(f"{name}: {value}").split())
    yield r"\documentclass{article}"
    yield r"\usepackage[T1]{fontenc}"
    yield r"\usepackage{lmodern}"
    yield rf"\usepackage{{{','.join(PACKAGES)}}}"
    yield r"\usepackage[export]{adjustbox}"
    if page != ARTICLE:
        yield rf"\setlength{{\textwidth}}{{{page.width:g}pt}}"
        yield rf"\setlength{{\textheight}}{{{page.height:g}pt}}"
    yield r"\makeatletter % a page of floats begins at its top"
    yield r"\setlength{\@fptop}{0pt}\setlength{\@fpsep}{24pt}\setlength{\@fpbot}{0pt plus 1fil}"
    yield r"\makeatother"
    yield r"\extrafloats{500}\maxdeadcycles=1000 % there is no text between the floats"
    yield rf"\title{{{escape(report.study, breaking=True)}}}"
    yield r"\author{}"
    yield r"\date{}"
    yield r"\begin{document}"
    yield r"\maketitle"
    for chapter in report.chapters:
        yield from _chapter(chapter, alone=len(report.chapters) == 1)
    yield r"\end{document}"


def _chapter(chapter: Chapter, *, alone: bool) -> Iterator[str]:
    if not alone:
        yield rf"\section{{\raggedright {escape(chapter.title, breaking=True)}}}"
    for table in chapter.tables:
        yield rf"\input{{tables/{table.id}}}"
    for figure in chapter.figures:
        yield from _figure(figure)
    yield r"\clearpage"


def _figure(figure: Figure) -> Iterator[str]:
    yield r"\begin{figure}[htbp]"
    yield r"  \centering"
    yield rf"  \includegraphics[max width=\linewidth, max height=0.8\textheight]{{{figure.pdf}}}"
    yield rf"  \caption{{{escape(figure.title, breaking=True)}}}"
    yield rf"  \label{{fig:{figure.id}}}"
    for note in figure.notes:
        yield rf"  \par\smallskip{{\footnotesize {escape(note, breaking=True)}\par}}"
    yield r"\end{figure}"
