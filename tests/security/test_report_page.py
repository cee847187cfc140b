"""Names and values that are HTML, LaTeX, Markdown or formulas stay text in the report."""

import json
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from orchestrator.report.document import Chapter, Figure, Report
from orchestrator.report.edges.markdown import as_text, markdown
from orchestrator.report.edges.page import html
from orchestrator.report.edges.render import as_csv
from orchestrator.report.latex_text import escape
from orchestrator.report.page.head import PageHead, StageLeft
from orchestrator.report.page.page_data import script_json
from orchestrator.report.page.trial_details import AttemptDetails, Details, TrialDetails
from orchestrator.report.table import Cell, Note, Row, Table
from tests.browser.chromium import chromium, skip_without
from tests.waiting import PATIENCE_S

HTML = [
    "<script>document.title='ran'</script>",
    '"><img src=x onerror="document.title=\'ran\'">',
    "' onmouseover='document.title=\"ran\"' autofocus onfocus='document.title=\"ran\"' x='",
    "</style><svg onload=\"document.title='ran'\">",
    "</title></summary></details><body onload=\"document.title='ran'\">",
    "<!--",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:document.title='ran'",
]
TEXT = " ".join(HTML)
CELL = Cell(metric=TEXT, value=1.0, std=0.1, ci95=0.1, n=2, reference=1.0, mark="a", trials=("t",))
TABLE = Table(
    id="one",
    title=TEXT,
    stage=TEXT,
    columns=((TEXT, TEXT), (TEXT, "b")),
    rows=(Row(path=(TEXT, TEXT), cells=(CELL, CELL)),),
    notes=(Note(text=TEXT, mark="a"),),
    printed=TEXT,
)
CHART = {
    "kind": "curves", "says": TEXT, "x": TEXT, "y": TEXT,
    "series": [
        {"label": TEXT, "color": 0, "dash": 0, "lines": [[[0, 1.0], [1, 2.0]]], "mean": [], "band": []},
    ],
}  # fmt: skip
FIGURE = Figure(
    id="two", title=TEXT, notes=(TEXT,), png="figures/two.png", pdf="figures/two.pdf", says=TEXT, chart=CHART
)
TRIAL = TrialDetails(
    id="t",
    stage=TEXT,
    axes={TEXT: TEXT},
    params={TEXT: [TEXT]},
    state=TEXT,
    metrics={TEXT: 1.0},
    code=TEXT,
    made_with={TEXT: TEXT},
    attempts=(AttemptDetails(number=1, ended=TEXT, host=TEXT, began=TEXT),),
    why=TEXT,
    curves={TEXT: ((0, 1.0), (1, 2.0))},
    log=TEXT,
)
HEAD = PageHead(
    done=1,
    planned=2,
    counts=((TEXT, 1),),
    left=(StageLeft(stage=TEXT, told=TEXT, failures=(TEXT,)),),
    made=TEXT,
    newest=TEXT,
    codes=((TEXT, 1, TEXT), ("b", 1, TEXT)),
    differing=(TEXT,),
)
REPORT = Report(
    study=TEXT,
    chapters=(Chapter(title=TEXT, tables=(TABLE,), figures=(FIGURE,)), Chapter(title=TEXT, tables=())),
    left_out=(TEXT,),
    facts=((TEXT, TEXT),),
    folders={"t": f"javascript:document.title='ran'//{TEXT}"},
    head=HEAD,
    details=Details(trials=(TRIAL,), rule=TEXT),
)
FOREIGN = (
    "return document.querySelectorAll('iframe, object, embed, base, form, svg svg, image').length"
    " + [...document.querySelectorAll('*')].filter(each => [...each.attributes]"
    ".some(one => one.name.startsWith('on') || one.value.startsWith('javascript:'))).length"
)


@pytest.mark.browser
@skip_without
def test_nothing_in_the_page_runs(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(html(REPORT, tmp_path), encoding="utf-8")
    with chromium(tmp_path / "chromium") as driver:
        driver.get((tmp_path / "report.html").as_uri())
        driver.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
        driver.execute_script("drawAll(); document.querySelector('[data-table] td button').click()")
        WebDriverWait(driver, PATIENCE_S).until(
            lambda _: driver.execute_script("return panel.querySelectorAll('.trial').length")
        )
        driver.execute_script(
            "document.querySelectorAll('a').forEach(each => each.dispatchEvent(new Event('mouseover')))"
        )

        assert (driver.title.endswith(": tables and figures"), driver.execute_script(FOREIGN)) == (True, 0)
        assert TEXT.split("\n", maxsplit=1)[0] in driver.title
        assert driver.execute_script("return document.scripts.length") == html(REPORT, tmp_path).count(
            "</script>"
        )


@pytest.mark.browser
@skip_without
def test_a_script_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    page = html(REPORT, tmp_path).replace("</body>", "<script>document.title = 'ran'</script></body>")
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    with chromium(tmp_path / "chromium") as driver:
        driver.get((tmp_path / "report.html").as_uri())

        assert driver.title != "ran"


def test_no_link_of_the_page_is_a_program(tmp_path: Path) -> None:
    assert 'href="javascript:' not in html(REPORT, tmp_path)


def test_json_in_the_page_has_no_tags() -> None:
    text = script_json({TEXT: [TEXT, "\u2028", float("nan")]})

    assert not set(text) & set("<>&\u2028")
    assert json.loads(text) == {TEXT: [TEXT, "\u2028", "nan"]}


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1"])
def test_a_spreadsheet_computes_nothing(text: str) -> None:
    table = Table(
        id="t", title="T", stage="s", columns=((text,),), rows=(Row(path=(text,), cells=(CELL,)),), notes=()
    )
    row = as_csv(table).split("\n", maxsplit=1)[1]

    assert row.startswith((f"'{text},'{text},", f'"\'{text}","\'{text}",'))


def test_a_number_below_zero_stays_a_number() -> None:
    cell = Cell(metric="m", value=-0.5, n=1, trials=("t",))
    table = Table(
        id="t", title="T", stage="s", columns=(("c",),), rows=(Row(path=("r",), cells=(cell,)),), notes=()
    )

    assert as_csv(table).splitlines()[1].startswith("r,c,m,-0.5,")


def test_markdown_has_no_html_and_its_tables_keep_their_lines() -> None:
    broken = Row(path=("a\nb | c\r\n\nd",), cells=(CELL, CELL))
    text = markdown(Table(id="t", title=TEXT, stage="s", columns=TABLE.columns, rows=(broken,), notes=()))

    assert "<script" not in text.replace("\\<", "")
    assert "<img" not in as_text(REPORT).replace("\\<", "")
    assert (
        len({line.count("|") - line.count("\\|") for line in text.splitlines() if line.startswith("|")}) == 1
    )


@pytest.mark.parametrize(
    "text", ["\\input{/etc/passwd}", "\\write18{touch canary}", "a}\\end{tabular}", "a\n\n\\par", "^^5cinput"]
)
def test_latex_has_no_commands(text: str) -> None:
    escaped = escape(text)

    for command in ("\\input", "\\write", "\\end", "\\par", "\n", "^^"):
        assert command not in escaped
    bare = escaped.replace("\\{", "").replace("\\}", "")
    assert bare.count("{") == bare.count("}")
