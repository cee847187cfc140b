"""The page of a report as a person uses it. Screenshots go to the folder UI_SCREENSHOTS."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import skip_without
from tests.browser.plain_charts import CHARTS
from tests.browser.plain_page import Tab, opened_page

pytestmark = [pytest.mark.browser, skip_without]

AXE = Path(__file__).parent / "assets" / "axe.min.js"
WIDTHS = (1400, 820, 390)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with opened_page(tmp_path_factory.mktemp("page")) as tab:
        yield tab


def test_findings_come_first(tab: Tab) -> None:
    tab.open()
    tab.keep("report")

    assert tab.ask("return _findings.getBoundingClientRect().top") < 300
    assert tab.ask("return document.querySelector('main').innerText.startsWith('faces\\n\\nNot finished:')")


def test_a_header_sorts_up_down_and_back(tab: Tab) -> None:
    tab.open()
    header = tab.find("#_table-iou thead tr:last-child th:nth-child(2) button")
    orders = []
    for _ in range(3):
        header.click()
        orders.append("".join(tab.rows()))

    assert orders == ["debfgca", "acgfbed", "bacdefg"]


def test_a_filter_leaves_the_rows_with_the_word(tab: Tab) -> None:
    tab.open()
    tab.find("input[type=search]").send_keys("encoder 0.900")

    assert tab.rows() == ["d"]
    assert "1 of 7 rows" in tab.find(".tools").text


@pytest.mark.parametrize(
    ("title", "beginning"),
    [("CSV", "row,column"), ("LaTeX", "% \\usepackage{booktabs,"), ("Markdown", "### IoU")],
)
def test_a_table_is_copied(tab: Tab, title: str, beginning: str) -> None:
    tab.open()
    tab.ask(
        "window.copied = null; Object.defineProperty(navigator, 'clipboard',"
        " {configurable: true, value: {writeText: async text => { window.copied = text; }}})"
    )
    tab.find(f"button[aria-label^='Copy as {title}']").click()
    tab.until("window.copied")

    assert tab.ask("return window.copied").startswith(beginning)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_does_not_scroll_sideways(tab: Tab, width: int) -> None:
    tab.open(width)
    tab.ask("drawAll()")
    tab.keep(f"report_{width}")

    assert tab.ask("return document.documentElement.scrollWidth <= innerWidth")


def test_dark_colours_follow_the_system(tab: Tab) -> None:
    grounds = []
    for dark in (False, True):
        tab.open(dark=dark)
        tab.ask("drawAll()")
        grounds.append(tab.ask("return getComputedStyle(document.body).backgroundColor"))
    tab.keep("report_dark")

    assert grounds == ["rgb(255, 254, 251)", "rgb(23, 23, 22)"]


@pytest.mark.parametrize("kind", CHARTS)
def test_a_figure_is_drawn(tab: Tab, kind: str) -> None:
    tab.open()
    tab.ask("drawAll()")

    assert tab.ask(f"return document.querySelectorAll('#figure_{kind} .chart :is(svg, img)').length") > 0
    assert not tab.ask(f"return document.querySelector('#figure_{kind} .chart').innerHTML.includes('NaN')")


def test_steps_are_whole(tab: Tab) -> None:
    tab.open()
    tab.ask("drawAll()")
    ticks = tab.ask(
        "return [...document.querySelectorAll('#figure_curves [data-part=\"x-axis tick label\"] text')]"
        ".map(tick => tick.textContent)"
    )

    assert ticks == ["0", "1", "2", "3"]


def test_nothing_is_complained_about_in_the_console(tab: Tab) -> None:
    tab.driver.get_log("browser")
    tab.open()
    tab.ask("drawAll()")

    assert not tab.driver.get_log("browser")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing_serious(tab: Tab, width: int, dark: bool) -> None:
    tab.open(width, dark=dark)
    tab.ask("drawAll()")
    tab.find("#_table-iou tbody button").click()
    tab.until("panel.querySelectorAll('.trial').length")
    tab.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = tab.driver.execute_async_script(
        "axe.run().then(found => arguments[0](JSON.stringify(found.violations.map("
        "one => [one.impact, one.id, one.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))))"
    )

    assert not [one for one in json.loads(found) if one[0] in {"serious", "critical"}]


def test_a_page_without_scripts_has_its_tables(tab: Tab) -> None:
    tab.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    tab.open()
    try:
        assert "Encoder g" in tab.find("#iou").text
        assert "Scripts are off" in tab.find("header").text
    finally:
        tab.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_tables_are_no_wider_than_paper(tab: Tab) -> None:
    tab.open()
    tab.ask("dispatchEvent(new Event('beforeprint'))")
    widths = tab.ask(
        "return [...document.querySelectorAll('.wide > table')].map("
        "table => table.getBoundingClientRect().width)"
    )
    paper = tab.ask("return document.querySelector('main').clientWidth")
    tab.ask("dispatchEvent(new Event('afterprint'))")

    assert paper < 700
    assert max(widths) <= paper + 1
    assert tab.ask("return document.getElementById('_table-wide').offsetWidth") > paper


def test_it_is_printed_as_paper_has_it(tab: Tab, tmp_path: Path) -> None:
    tab.open()
    printed = tab.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})

    assert base64.b64decode(printed["data"]).startswith(b"%PDF")
    assert not tab.ask("return document.body.classList.contains('on-paper')")


def test_negative_numbers_have_a_minus_and_are_sorted_by_it(tab: Tab) -> None:
    tab.open()
    tab.find("#_table-wide thead tr:last-child th:nth-child(2) button").click()
    values = tab.ask(
        "return [...document.querySelectorAll('#_table-wide td:nth-of-type(1) .v')].map(v => v.textContent)"
    )

    assert values == ["\N{MINUS SIGN}0.500", "\N{MINUS SIGN}0.250", "0.500"]


def test_on_paper_nothing_is_folded_below_tables_and_figures(tab: Tab) -> None:
    folded = "return document.querySelectorAll('main section:not(#_findings) details:not([open])').length"
    tab.open()
    tab.ask("dispatchEvent(new Event('beforeprint'))")
    on_paper = tab.ask(folded)
    tab.ask("dispatchEvent(new Event('afterprint'))")

    assert on_paper == 0
    assert tab.ask(folded) > 0
