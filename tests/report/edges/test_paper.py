from pathlib import Path
from shutil import which

import pytest

from orchestrator.report.document import Chapter, Figure, Report
from orchestrator.report.edges.figures import draw_curves
from orchestrator.report.edges.paper import compile_paper, too_large, write_paper
from orchestrator.report.latex_layout import TextArea
from orchestrator.report.table import Cell, Row, Table
from tests.report.edges.test_figures import CURVES

CELL = Cell(metric="iou", value=0.638, std=0.004, n=3)
TABLE = Table(
    id="table_5_1",
    title="IoU",
    stage="s",
    columns=(("Hair",),),
    rows=(Row(path=("Control",), cells=(CELL,)),),
)
needs_latex = pytest.mark.skipif(which("pdflatex") is None, reason="needs pdflatex (`make packages`)")


def report(*figures: Figure, chapters: int = 1) -> Report:
    chapter = Chapter(title="Faces & hair", tables=(TABLE,), figures=figures)
    return Report(
        study="faces_1",
        chapters=(chapter,) * chapters,
        left_out=("table_9: no stage\n\\input{x}",),
        facts=(("Seeds", "0, 1"),),
        folders={},
    )


def test_all_tables_are_taken_in(tmp_path: Path) -> None:
    text = write_paper(report(), tmp_path).read_text(encoding="utf-8")

    assert r"\input{tables/table_5_1}" in text
    assert (tmp_path / "paper" / "tables" / "table_5_1.tex").exists()


def test_figures_lie_beside_it_as_vectors(tmp_path: Path) -> None:
    write_paper(report(draw_curves(CURVES, tmp_path)), tmp_path)

    assert (tmp_path / "paper" / "figures" / "figure_1.pdf").read_bytes().startswith(b"%PDF")


def test_chapters_are_sections_where_there_are_several(tmp_path: Path) -> None:
    one, two = (
        write_paper(report(chapters=count), tmp_path / str(count)).read_text(encoding="utf-8")
        for count in (1, 2)
    )

    assert (one.count(r"\section"), two.count(r"\section")) == (0, 2)


def test_what_the_numbers_rest_on_is_told_to_its_writer_alone(tmp_path: Path) -> None:
    head = write_paper(report(), tmp_path).read_text(encoding="utf-8").split(r"\documentclass")[0]

    assert head == "% Seeds: 0, 1\n% Left out: table_9: no stage \\input{x}\n"


def test_tables_are_set_for_the_width_that_is_given(tmp_path: Path) -> None:
    text = write_paper(report(), tmp_path, TextArea(width=252)).read_text(encoding="utf-8")

    assert r"\setlength{\textwidth}{252pt}" in text
    assert "252pt wide" in (tmp_path / "paper" / "tables" / "table_5_1.tex").read_text(encoding="utf-8")


@needs_latex
def test_it_compiles_and_nothing_is_too_wide(tmp_path: Path) -> None:
    document = write_paper(report(draw_curves(CURVES, tmp_path), chapters=2), tmp_path)

    assert compile_paper(document) == f"the paper is {document.with_suffix('.pdf')}"


@needs_latex
def test_many_tables_and_figures_find_a_place(tmp_path: Path) -> None:
    document = write_paper(report(*[draw_curves(CURVES, tmp_path)] * 60), tmp_path)

    assert compile_paper(document) == f"the paper is {document.with_suffix('.pdf')}"


@needs_latex
def test_an_error_of_latex_is_told(tmp_path: Path) -> None:
    document = write_paper(report(), tmp_path)
    (document.parent / "tables" / "table_5_1.tex").write_text(r"\nonsense")

    assert "LaTeX stopped: ! Undefined control sequence." in compile_paper(document)


def test_without_latex_it_says_how_to_compile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert compile_paper(tmp_path / "paper.tex").endswith(f"cd {tmp_path} && pdflatex paper.tex")


def test_what_is_too_large_is_told_with_its_file() -> None:
    log = (
        "(./tables/a.tex\nOverfull \\hbox (12.5pt too wide) in paragraph\n) (./tables/b.tex\n)\n"
        "LaTeX Warning: Float too large for page by 3.0pt on input line 9.\n"
    )

    assert too_large(log) == ["tables/a.tex: 12.5 pt too wide", "paper.tex: 3.0 pt too long"]
