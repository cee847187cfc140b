"""The page of a report as a person uses it. Screenshots go to the folder UI_SCREENSHOTS."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from orchestrator.report.document import Chapter, Figure, Report, charted
from orchestrator.report.edges.page import html
from orchestrator.report.page.head import PageHead, StageLeft
from orchestrator.report.page.trial_details import AttemptDetails, Details, TrialDetails
from orchestrator.report.table import Cell, Note, Row, Table
from tests.browser.chromium import chromium, skip_without
from tests.browser.plain_charts import CHARTS
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.browser, skip_without]

AXE = Path(__file__).parent / "assets" / "axe.min.js"
WIDTHS = (1400, 820, 390)


def cell(value: float, trial: str = "a0") -> Cell:
    return Cell(metric="val_iou", value=value, std=0.01, ci95=0.02, n=2, reference=0.5, trials=(trial, "a1"))


TABLE = Table(
    id="iou",
    title="IoU by encoder",
    stage="segment",
    columns=(("LFW", "Hair"), ("LFW", "No hair"), ("HELEN", "Hair")),
    rows=tuple(
        Row(path=(f"Encoder {name}",), cells=(cell(value), cell(1 - value), replace(cell(0.5), best=True)))
        for name, value in (
            ("b", 0.25),
            ("a", 0.75),
            ("c", 0.5),
            ("d", 0.1),
            ("e", 0.2),
            ("f", 0.3),
            ("g", 0.4),
        )
    ),
    notes=(
        Note(text="Mean ± sample standard deviation, n = 2.", kind="method"),
        Note(text="Pictures are drawn."),
        Note(text="The text says 0.5 and 0.6.", kind="source"),
    ),
    printed="Table 5.1",
)
TRIALS = tuple(
    TrialDetails(
        id=f"a{seed}",
        stage="segment",
        axes={"encoder": "a", "seed": seed},
        params={"lr": 0.01, "layers": [64, 64]},
        state=state,
        metrics={"val_iou": 0.7 + seed / 100} if state == "done" else {},
        code="c0de",
        seconds=61.0,
        made_with={"host": "node-7"},
        attempts=(AttemptDetails(number=1, ended=state, host="node-7", began="2026-11-01", seconds=61),),
        why="nan_loss: the loss is nan" if state == "failed" else "",
        curves={"val_iou": tuple((step, step / 30 + seed / 100) for step in range(20))},
        log="loss nan" if state == "failed" else "",
    )
    for seed, state in enumerate(("done", "failed"))
)
FIGURES = tuple(
    charted(Figure(id=f"figure_{name}", title=f"Figure of {name}", notes=(), png="f.png", pdf="f.pdf"), chart)
    for name, chart in CHARTS.items()
)
REPORT = Report(
    study="faces",
    chapters=(Chapter(title="Segmentation", tables=(TABLE,)), Chapter(title="Figures", figures=FIGURES)),
    left_out=("table_9: the study has no stage `hair`",),
    facts=(("Seeds", "0, 1"),),
    folders={"a0": "../trials/a0"},
    head=PageHead(
        done=1,
        planned=2,
        left=(StageLeft(stage="segment", told="1 of 2 done, 1 failed", failures=("nan_loss: nan (1)",)),),
        made="2026-11-27 10:00",
        newest="2026-11-26 10:00",
        codes=(("c0de", 1, "abc"),),
    ),
    details=Details(trials=TRIALS),
)


class Tab:
    """The page in a tab."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver, self.address = driver, address

    def open(self, width: int = 1400, *, dark: bool = False) -> None:
        """Open the page anew at a width, in light or dark colours."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get("about:blank")
        self.driver.get(self.address)

    def ask(self, script: str, *given: Any) -> Any:
        """Return what a script returns."""
        return self.driver.execute_script(script, *given)

    def until(self, script: str) -> None:
        """Wait until a script returns true."""
        WebDriverWait(self.driver, PATIENCE_S).until(lambda _: self.ask(f"return {script}"))

    def find(self, selector: str) -> Any:
        """Return the first element of a selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def rows(self) -> list[str]:
        """Return the labels of the rows that are shown."""
        found: list[str] = self.ask(
            "return [...document.querySelectorAll('#_table-iou tbody tr')]"
            ".filter(row => !row.hidden).map(row => row.cells[0].textContent.slice(-1))"
        )
        return found

    def keep(self, name: str) -> None:
        """Save a screenshot where somebody wants to look at it."""
        if folder := os.environ.get("UI_SCREENSHOTS"):
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    folder = tmp_path_factory.mktemp("page")
    (folder / "report.html").write_text(html(REPORT, folder), encoding="utf-8")
    with chromium(folder / "chromium", {"browser": "ALL"}) as driver:
        yield Tab(driver, (folder / "report.html").as_uri())


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


def test_a_number_opens_its_trials_and_the_table_stays(tab: Tab) -> None:
    tab.open()
    button = tab.find("#_table-iou tbody button")
    tab.ask("arguments[0].scrollIntoView({block: 'center'})", button)
    before = tab.ask("return JSON.stringify(document.getElementById('_table-iou').getBoundingClientRect())")
    button.click()
    tab.until("!panel.hidden")
    tab.keep("panel")
    after = tab.ask("return JSON.stringify(document.getElementById('_table-iou').getBoundingClientRect())")

    assert after == before
    assert {"measured minus printed", "Its 2 trials", "seed=0: val_iou 0.7", "seed=1: failed"} <= set(
        tab.find("#_panel").text.splitlines()
    )
    assert tab.ask("return panel.querySelectorAll('svg').length") == 1


def test_a_failed_trial_tells_why_and_the_end_of_its_log(tab: Tab) -> None:
    tab.open()
    tab.find("#_table-iou tbody button").click()
    tab.until("panel.querySelectorAll('.trial').length")
    text = tab.find("#_panel .trial:last-of-type").text

    assert "nan_loss: the loss is nan" in text
    assert "loss nan" in text
    assert "node-7" in text


def test_keys_walk_through_a_table_and_open_and_close_the_panel(tab: Tab) -> None:
    tab.open()
    tab.ask("document.querySelector('#_table-iou tbody button').focus()")
    keys = ActionChains(tab.driver)
    keys.send_keys(Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ENTER).perform()
    tab.until("document.activeElement === panel")
    title = tab.find("#_panel h2").text
    ActionChains(tab.driver).send_keys(Keys.ESCAPE).perform()

    assert title == "Encoder a, LFW / No hair: 0.250 ± 0.010"
    assert tab.ask("return document.activeElement.closest('tr').dataset.row") == "1"
    assert tab.ask("return panel.hidden")


def test_one_number_of_a_table_is_reached_by_tab(tab: Tab) -> None:
    tab.open()

    assert tab.ask("return document.querySelectorAll('#_table-iou tbody button[tabindex=\"0\"]').length") == 1


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
