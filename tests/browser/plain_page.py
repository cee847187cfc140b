"""A page of a report with all that it may have, as plain values, and a tab to use it in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from orchestrator.report.document import Chapter, Figure, Report, charted
from orchestrator.report.edges.page import html
from orchestrator.report.page.head import PageHead, StageLeft
from orchestrator.report.page.trial_details import AttemptDetails, Details, TrialDetails
from orchestrator.report.table import Cell, Note, Row, Table
from tests.browser.chromium import chromium
from tests.browser.plain_charts import CHARTS
from tests.waiting import PATIENCE_S


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
WIDE = replace(
    TABLE,
    id="wide",
    title="Many columns",
    columns=tuple((f"Column number {place}",) for place in range(8)),
    rows=tuple(
        Row(path=(f"The row {name}",), cells=tuple(cell(value) for _ in range(8)))
        for name, value in (("a", 0.5), ("b", -0.5), ("c", -0.25))
    ),
    notes=(),
    printed="",
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
    chapters=(Chapter(title="Segmentation", tables=(TABLE, WIDE)), Chapter(title="Figures", figures=FIGURES)),
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


@contextmanager
def opened_page(folder: Path) -> Iterator[Tab]:
    """Write the page into a folder and give a tab for it."""
    (folder / "report.html").write_text(html(REPORT, folder), encoding="utf-8")
    with chromium(folder / "chromium", {"browser": "ALL"}) as driver:
        yield Tab(driver, (folder / "report.html").as_uri())
