"""The tables of the shipped studies, full of what the sources print, fit the page of a paper."""

from pathlib import Path
from shutil import which

import pytest

from orchestrator.report.document import Chapter, Report
from orchestrator.report.edges.paper import compile_paper, write_paper
from orchestrator.report.latex_layout import TextArea
from tests.shipped.replayed import STUDIES, planned, replayed


@pytest.mark.skipif(which("pdflatex") is None, reason="needs pdflatex (`make packages`)")
@pytest.mark.parametrize("width", [345, 252])
def test_all_tables_fit_the_text(width: float, tmp_path: Path) -> None:
    chapters = tuple(
        Chapter(
            title=study,
            tables=tuple(replayed(entry, planned(study)) for entry in planned(study).file.tables),
        )
        for study in STUDIES
    )
    report = Report(study="shipped", chapters=chapters, left_out=(), facts=(), folders={})
    document = write_paper(report, tmp_path, TextArea(width))

    assert sum(len(chapter.tables) for chapter in chapters) > 30
    assert compile_paper(document) == f"the paper is {document.with_suffix('.pdf')}"
