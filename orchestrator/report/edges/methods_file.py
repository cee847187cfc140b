"""Writes the methods appendix of a study as Markdown and for LaTeX."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from orchestrator.files.plain_file import plain_text
from orchestrator.files.record_file import write_beside
from orchestrator.report.edges.search_chapter import TITLE
from orchestrator.report.edges.search_outcomes import search_results
from orchestrator.report.escape import inert
from orchestrator.report.latex_text import escape
from orchestrator.report.methods.appendix import appendix
from orchestrator.report.trial_forms import table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.report.document import Report
    from orchestrator.report.methods.methods_section import MethodsSection, MethodsTable
    from orchestrator.report.selection import Material

_COMMIT = 12
"""Digits of a commit that are told: as many as name it anywhere."""


def write_methods(
    runs: RunFolder,
    submission: Submission,
    seen: Seen,
    materials: Sequence[Material],
    *,
    report: Report,
    out: Path,
) -> None:
    """Write `methods.md` and `methods.tex`; the document needs the packages booktabs and tabularx."""
    sections = appendix(
        submission.study,
        seen,
        materials[0],
        tables=[table for chapter in report.chapters if chapter.title != TITLE for table in chapter.tables],
        searched=[search_results(submission, seen, opening) for opening in seen.plan.openings],
        commits=_commits(runs),
        flags={name for one in materials for name in one.file.flags},
    )
    write_beside(out / "methods.md", methods_markdown(report.study, sections))
    write_beside(out / "methods.tex", methods_latex(report.study, sections))


def methods_markdown(study: str, sections: Sequence[MethodsSection]) -> str:
    """Return the appendix in Markdown."""
    parts = [f"# Methods of {inert(study)}\n"]
    for section in sections:
        parts.append(f"## {inert(section.title)}\n")
        parts += [f"{inert(text)}\n" for text in section.paragraphs]
        if section.table:
            parts.append(table_of(section.table.header, section.table.rows))
        if section.items:
            parts.append(
                "\n".join(f"- **{inert(lead)}**: {inert(text)}" for lead, text in section.items) + "\n"
            )
    return "\n".join(parts)


def methods_latex(study: str, sections: Sequence[MethodsSection]) -> str:
    """Return the appendix for LaTeX, to be read into a document with \\input."""
    return (
        "\n".join([rf"\section*{{Methods of {_latex(study)}}}", r"{\sloppy", *_latex_lines(sections), "}"])
        + "\n"
    )


def _latex_lines(sections: Sequence[MethodsSection]) -> Iterator[str]:
    for section in sections:
        yield rf"\subsection*{{{_latex(section.title)}}}"
        for text in section.paragraphs:
            yield f"{_latex(text)}\n"
        if section.table:
            yield from _latex_table(section.table)
        if section.items:
            yield r"\begin{itemize}"
            yield from (rf"  \item \textbf{{{_latex(lead)}}}: {_latex(text)}" for lead, text in section.items)
            yield r"\end{itemize}"


def _latex_table(table: MethodsTable) -> Iterator[str]:
    columns = r">{\raggedright\arraybackslash}X" * len(table.header)
    yield r"{\footnotesize\noindent"
    yield rf"\begin{{tabularx}}{{\linewidth}}{{@{{}}{columns}@{{}}}}"
    yield r"\toprule"
    yield " & ".join(map(_latex, table.header)) + r" \\"
    yield r"\midrule"
    yield from (" & ".join(map(_latex, row)) + r" \\" for row in table.rows)
    yield r"\bottomrule"
    yield r"\end{tabularx}}" + "\n"


def _latex(text: str) -> str:
    r"""Return a text for LaTeX; what stands in backticks is set as code and may be broken behind . and _."""
    parts = re.split(r"`([^`]*)`", text)
    return "".join(_code(part) if place % 2 else _prose(part) for place, part in enumerate(parts))


def _prose(text: str) -> str:
    """Return prose, the spaces at whose ends are kept."""
    before, after = " " * text[:1].isspace(), " " * text[-1:].isspace()
    return f"{before}{escape(text)}{after}" if text.strip() else before


def _code(text: str) -> str:
    broken = re.sub(r"(\\_|[./])", r"\1\\allowbreak{}", escape(text))
    return rf"\texttt{{{broken}}}"


def _commits(runs: RunFolder) -> dict[str, str]:
    """Return of each snapshot in which commit its project was, as far as that was recorded."""
    found = {}
    for path in runs.path.glob("studies/*/code/*.json"):
        with suppress(OSError, ValueError):  # whatever else lies there tells nothing
            said = json.loads(plain_text(path))
            if isinstance(said, dict) and isinstance(said.get("commit"), str):
                changed = ", with changes that were not committed" if said.get("changed") else ""
                found[path.stem] = f"commit `{said['commit'][:_COMMIT]}`{changed}"
    return found
