import re
import subprocess
from dataclasses import replace
from pathlib import Path
from shutil import which

import pytest

from orchestrator.report.edges.latex import PACKAGES, latex
from orchestrator.report.edges.paper import too_large
from orchestrator.report.latex_layout import TextArea
from orchestrator.report.table import Cell, Note, Row, Table

CELL = Cell(metric="iou", value=0.63812, std=0.0041, n=3, reference=0.638)
TABLE = Table(
    id="table_5_1",
    title="IoU",
    stage="segment",
    columns=(("LFW", "Hair"), ("LFW", "No|hair")),
    rows=(
        Row(path=("Control",), cells=(CELL, replace(CELL, mark="a"))),
        Row(path=("Untrained", "Control"), cells=(CELL, Cell(metric="iou", missing=3))),
        Row(path=("Untrained", "Gender"), cells=(replace(CELL, best=True), CELL)),
    ),
    notes=(
        Note(text="Mean.", kind="method"),
        Note(text="2 of 3.", mark="a"),
        Note(text="Soon.", kind="state"),
    ),
)


def body(table: Table, page: TextArea | None = None) -> list[str]:
    """Return the lines between the rules of a table."""
    text = latex(table, page) if page else latex(table)
    lines = text.split(r"\midrule")[1].split(r"\bottomrule")[0].splitlines()
    return [line.strip() for line in lines if line.strip()]


def test_braces_and_environments_are_balanced() -> None:
    text = re.sub(r"\\[{}$]", "", latex(TABLE))

    assert text.count("{") == text.count("}")
    opened, closed = (re.findall(rf"\\{word}\{{(\w+)", text) for word in ("begin", "end"))
    assert sorted(opened) == sorted(closed)


def test_every_row_has_a_cell_per_column() -> None:
    counts = [len(re.findall(r"(?<!\\)&", line)) for line in body(TABLE) if "addlinespace" not in line]

    assert counts == [4, 5, 5]  # the label of the first spans two columns


def test_a_group_of_rows_is_named_once_and_stands_apart() -> None:
    lines = body(TABLE)

    assert lines[1] == r"\addlinespace"
    assert [line.split("&")[0].strip() for line in lines[2:]] == [r"\multirow[t]{2}{*}{Untrained}", ""]


def test_where_room_is_short_a_group_has_a_line() -> None:
    lines = body(TABLE, TextArea(width=250))

    assert (lines[2], lines[3].split(" & ")[0]) == (
        r"\multicolumn{5}{@{}l@{}}{Untrained} \\*",
        r"\quad Control",
    )


def test_groups_of_columns_have_a_rule_below() -> None:
    assert r"\cmidrule(lr){3-6}" in latex(TABLE)


def test_columns_without_groups_have_none() -> None:
    assert r"\cmidrule" not in latex(replace(TABLE, columns=(("Hair",), ("Cap_",))))


def test_rows_and_columns_may_be_called_alike() -> None:
    table = replace(TABLE, columns=(("IoU",), ("IoU",)), rows=(TABLE.rows[0], TABLE.rows[0]))

    assert [line.split(" & ")[0] for line in body(table)] == ["Control", "Control"]


def test_each_note_is_a_line_with_its_kind() -> None:
    lines = [line.strip() for line in latex(TABLE).splitlines()]

    assert r"\item[] Mean. % method" in lines
    assert r"\item[a]\,2 of 3. % caution" in lines


def test_what_is_still_to_be_done_is_not_in_the_paper() -> None:
    assert "Soon" not in latex(TABLE)


def test_a_table_without_notes_has_no_list_of_them() -> None:
    assert "tablenotes" not in latex(replace(TABLE, notes=())).split(r"\begin{table}")[1]


def test_parts_have_captions_and_labels_of_their_own() -> None:
    text = latex(replace(TABLE, rows=TABLE.rows * 40))

    assert re.findall(r"IoU (\(part \d of \d\))", text)[:2] == ["(part 1 of 5)", "(part 2 of 5)"]
    assert re.findall(r"label{([^}]+)}", text)[:2] == ["tab:table_5_1", "tab:table_5_1:2"]


def number(value: float, **others: object) -> Cell:
    return replace(CELL, value=value, reference=None, **others)  # type: ignore[arg-type]  # of any field


def words(text: str) -> Cell:
    return Cell(metric="iou", text=text)


MISSING = Cell(metric="iou", missing=1)
DEEP = tuple(
    Row(
        path=(net, f"momentum {momentum}", decay),
        cells=(
            number(-1.5, mark="a"),
            number(12345.678, std=12.5, best=True),
            number(89.25, std=12.3, digits=2),
            MISSING,
        ),
    )
    for net in ("ImageNet pretrained ResNet-50 with squeeze-and-excitation", "control")
    for momentum in (0.9, 0.95)
    for decay in ("weight_decay_of_everything_but_the_bias=1e-5", "decay 5e-5")
)
MIXED = (
    Row(
        path=("adam",),
        cells=(
            number(0.91, sign="*", best=True, mark="a"),
            words("[-0.012, 0.031]"),
            words("< 0.001"),
            words("tr-0123abc"),
            number(1.2e-5, std=3.2e-6, digits=None),
        ),
    ),
    Row(
        path=("[none]*",),
        cells=(
            number(0.89, std=None, n=1, mark="a"),
            words("[0.001, 12.031]"),
            number(0.034, spread="none"),
            words("a sentence that is long enough to be wrapped in its cell"),
            number(0.1234, std=0.01, digits=None),
        ),
    ),
)
RANGE = number(0.5, spread="range", values=(("seed=0", -0.4), ("seed=1", 10.6)))
ODD_TEXT = (
    'α ≥ β, "q" ‘s’ … ½ 中 é ł \u202e 10⁻³ it\'s --flag `a_b` \\end{table} '  # noqa: RUF001
    "https://example.org/a/very/long/path/that/never/ends/in_any_way?query=1&other=50%"
)
AWKWARD = {
    "thirty columns": (
        [(f"Group {at // 6}", f"metric_{at}") for at in range(30)],
        [Row(path=(f"net {row}",), cells=(number(0.1 * row, best=row == 2),) * 30) for row in range(4)],
    ),
    "three levels of groups": (
        [
            ("A header that has to be wrapped (%)",),
            ("Energy (kJ/mol)",),
            ("Top-1",),
            ("val_accuracy_at_best_epoch",),
        ],
        DEEP,
    ),
    "signs and texts": ([("A",), ("95 % CI",), ("p",), ("Trial",), ("lr",)], MIXED),
    "ranges": ([("Test",), ("Train",)], [Row(path=("n",), cells=(RANGE, replace(RANGE, reference=0.7)))]),
    "a hundred rows": (
        [("loss",)],
        [Row(path=(f"group {row // 10}", f"lr={row}"), cells=(number(row / 7),)) for row in range(100)],
    ),
    "long words": (
        [("x" * 60,), ("y_" * 30,)],
        [Row(path=("z" * 70,), cells=(number(1.0), words("w" * 80)))],
    ),
    "wide and long": (
        [(f"metric {at}",) for at in range(9)],
        [Row(path=(f"setting {row}",), cells=(number(row),) * 9) for row in range(60)],
    ),
    "settings": (
        [("Value",)],
        [Row(path=(f"{v}",), cells=(number(v, std=None, digits=None),)) for v in (1524740.0, 1e-5, 0.5, 3.0)],
    ),
    "odd text": ([(ODD_TEXT[:40],)], [Row(path=("~x^2",), cells=(number(1.0),))]),
}


@pytest.mark.skipif(which("pdflatex") is None, reason="needs pdflatex (`make packages`)")
@pytest.mark.parametrize(
    "page", [TextArea(), TextArea(width=506, height=650), TextArea(width=252, height=650)]
)
def test_awkward_tables_fit_the_page(page: TextArea, tmp_path: Path) -> None:
    texts = [
        latex(
            Table(
                id=f"t{at}",
                title=f"{name}: {ODD_TEXT}",
                stage="s",
                columns=tuple(columns),
                rows=tuple(rows),
                notes=(Note(text=ODD_TEXT), Note(text="1 of 2 have a value.", mark="a")),
            ),
            page,
        )
        for at, (name, (columns, rows)) in enumerate(AWKWARD.items())
    ]
    log = compiled(texts, page, tmp_path)

    assert too_large(log) == []


def compiled(texts: list[str], page: TextArea, folder: Path) -> str:
    """Return the log of a document with these tables."""
    lines = [
        r"\documentclass{article}",
        rf"\usepackage{{{','.join(PACKAGES)}}}",
        rf"\setlength{{\textwidth}}{{{page.width:g}pt}}\setlength{{\textheight}}{{{page.height:g}pt}}",
        r"\begin{document}",
        *(f"{text}\n\\clearpage" for text in texts),
        r"\end{document}",
    ]
    (folder / "all.tex").write_text("\n".join(lines), encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = (folder / "all.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    return log
