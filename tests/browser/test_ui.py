"""MLflow's UI as a researcher sees it, in headless Chromium. Screenshots go to the folder UI_SCREENSHOTS."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.tracking.edges.mlflow_server import serve
from orchestrator.tracking.serve_ui import study_page
from orchestrator.tracking.track import sync
from tests.browser.chromium import chromium, skip_without
from tests.tracked_study import face_study, look, write_study
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.browser, skip_without]


class Page:
    """A tab of the browser."""

    def __init__(self, driver: webdriver.Chrome, start: str) -> None:
        self.driver = driver
        self.start = start

    def open(self, url: str, *words: str) -> str:
        """Open a page and return its text once it shows all the words."""
        self.driver.get("about:blank")  # else only the part behind `#` changes, and nothing is loaded
        self.driver.get(url)
        return self.wait(*words)

    def wait(self, *words: str) -> str:
        """Return the page's text once it shows all the words."""
        WebDriverWait(self.driver, PATIENCE_S).until(lambda _: all(word in self.text() for word in words))
        return self.text()

    def text(self) -> str:
        """Return what the page says now."""
        return str(self.driver.execute_script("return document.body.innerText"))

    def click(self, text: str) -> None:
        """Click the first link or tab with the text."""
        self.driver.find_element(
            By.XPATH, f"//*[self::a or self::button][normalize-space()='{text}']"
        ).click()

    def keep(self, name: str) -> None:
        """Save a screenshot where somebody wants to look at it."""
        if folder := os.environ.get("UI_SCREENSHOTS"):
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    runs, study = RunFolder(tmp_path_factory.mktemp("runs")), face_study()
    write_study(runs, study)
    synced = sync(runs, study, look(runs, study), f"sqlite:///{runs.path / 'mlflow.db'}")
    ui = serve(runs.path)
    try:
        with chromium(tmp_path_factory.mktemp("chromium")) as driver:
            yield Page(driver, study_page(ui.url, synced.experiment))
    finally:
        ui.close()


def test_trials_stand_side_by_side(page: Page) -> None:
    text = page.open(page.start, "44 matching runs", "result/iou", "gender vgg16 seed=0")
    page.keep("table")

    assert {"encoder", "dataset", "hair", "result/val_loss"} <= set(text.split())


def test_curves_are_drawn_together(page: Page) -> None:
    text = page.open(
        f"{page.start}&compareRunsMode=CHART", "Model metrics", "gender vgg16 seed=0 (train_loss)"
    )
    page.keep("curves")

    assert "gender vgg16 seed=1 (train_loss)" in text


def test_a_trial_has_its_curve_and_its_files(page: Page) -> None:
    page.open(page.start, "gender vgg16 seed=1", "44 matching runs")
    page.click("gender vgg16 seed=1")
    overview = page.wait("learning_rate", "Tesla V100", "Finished")
    page.keep("trial")
    page.click("Model metrics")
    page.wait("val_loss")
    page.keep("trial_curves")
    page.click("Artifacts")
    files = page.wait("artifacts.txt", "log.txt")
    page.keep("trial_files")

    assert "net.depth" in overview
    assert "artifacts" in files
