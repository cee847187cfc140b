import shutil
import subprocess
from pathlib import Path

import pytest

from orchestrator.report.edges.methods_file import methods_latex, methods_markdown
from orchestrator.report.methods.methods_section import MethodsSection, MethodsTable
from tests.verbs.conftest import Type, before, type_

__all__ = ["before", "type_"]

SECTIONS = (
    MethodsSection(
        title="Data & splits",
        paragraphs=("All of `a_b.c` with 5 % <b>left</b>.",),
        items=(("`train`", "lr 0.1"), ("`test`", "none")),
        table=MethodsTable(header=("stage", "time"), rows=(("`a_b`", "1 | 2"),)),
    ),
)
PAGE = r"\documentclass{article}\usepackage{booktabs,tabularx}\begin{document}\input{methods}\end{document}"


def test_markdown_has_paragraphs_a_table_and_a_list() -> None:
    assert methods_markdown("toy", SECTIONS) == (
        "# Methods of toy\n\n## Data & splits\n\nAll of `a_b.c` with 5 % \\<b>left\\</b>.\n\n"
        "| stage | time   |\n| ----- | ------ |\n| `a_b` | 1 \\| 2 |\n\n"
        "- **`train`**: lr 0.1\n- **`test`**: none\n"
    )


def test_names_are_code_in_latex_that_may_be_broken() -> None:
    text = methods_latex("toy", SECTIONS)

    assert r"All of \texttt{a\_\allowbreak{}b.\allowbreak{}c} with 5 \% \textless{}b" in text
    assert r"\subsection*{Data \& splits}" in text


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
def test_latex_takes_it(tmp_path: Path) -> None:
    (tmp_path / "methods.tex").write_text(methods_latex("toy", SECTIONS))
    (tmp_path / "page.tex").write_text(PAGE)
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_a_report_has_its_methods(before: Type) -> None:
    before("report", "before", "--out", "tables")

    assert Path("tables/methods.md").read_text().startswith("# Methods of before\n\n## Experiments\n")
    assert Path("tables/methods.tex").read_text().startswith(r"\section*{Methods of before}")
