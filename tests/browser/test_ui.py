"""MLflow's UI as a researcher finds it by clicks, in headless Chromium, from its first page on."""

import json
import re
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.tracking.edges.mlflow_server import serve
from orchestrator.tracking.serve_ui import study_page
from orchestrator.tracking.track import sync
from tests.browser.chromium import chromium, skip_without
from tests.browser.opened_page import OpenedPage
from tests.tracked_study import claim, face_study, finish, look, points, stage, submission, write_study
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.browser, skip_without]
STUDY = submission("faces", stage("data", points(seed=[0])), *face_study().study.stages)
KEPT = 'MLflowLocalStorage-1.1-ExperimentPage-["1"]-ReactComponentState'
"""Where MLflow's page keeps how a user has arranged the study."""


class MlflowPage(OpenedPage):
    """MLflow's page, as a user clicks through it."""

    def __init__(self, driver: webdriver.Chrome, start: str, study: str) -> None:
        super().__init__(driver, start)
        self.study = study
        """The address that `ui` says."""

    def enter(self) -> "MlflowPage":
        """Come for the first time, and click: the list of studies, the study."""
        self.open(self.start, "faces")
        self.driver.execute_script("localStorage.clear()")
        self.open(self.start, "faces")
        self.click("faces")
        self.wait("44 matching runs", "Run Name")
        return self

    def choose(self, view: str, *words: str) -> "MlflowPage":
        """Open a view by the menu of all views."""
        self.driver.find_element(By.CSS_SELECTOR, "[data-testid=saved-views-trigger]").click()
        place = f"//*[starts-with(@data-testid, 'saved-views')]//*[normalize-space()='{view}']"
        WebDriverWait(self.driver, PATIENCE_S).until(lambda _: self.driver.find_elements(By.XPATH, place))
        self.driver.find_elements(By.XPATH, place)[-1].click()
        self.wait("viewing a shared view", *words)
        return self

    def column(self, name: str) -> list[str]:
        """Return what stands in a column of the table, from above, without the colours of runs."""
        found = self.driver.find_elements(By.CSS_SELECTOR, f".ag-row [col-id='{name}']")
        texts = [cell.text for cell in sorted(found, key=lambda cell: cell.location["y"])]
        return [text.rpartition("\n")[2] for text in texts]

    def charts(self) -> list[str]:
        """Show charts instead of the table and return the heads of sections and charts in sight, in order."""
        self.driver.find_elements(By.CSS_SELECTOR, "[role=radiogroup] label")[1].click()
        shown = self.wait("curves\n(", "result\n(", "curves/val_loss").splitlines()
        return [line for line in shown if re.fullmatch("(curves|result)(/[a-z_]+)?", line)]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MlflowPage]:
    runs = RunFolder(tmp_path_factory.mktemp("runs"))
    write_study(runs, face_study())
    (data,) = look(runs, STUDY).plan.of("data")
    claim(runs, data)
    finish(runs, data, {"images": 5})
    synced = sync(runs, STUDY, look(runs, STUDY), f"sqlite:///{runs.path / 'mlflow.db'}")
    ui = serve(runs.path)
    try:
        with chromium(tmp_path_factory.mktemp("chromium")) as driver:
            yield MlflowPage(driver, ui.url, study_page(ui.url, synced.experiment))
    finally:
        ui.close()


def test_all_trainings_are_a_click_away_without_what_prepares_data(page: MlflowPage) -> None:
    page.enter()
    page.keep("study")

    assert set(page.column("tags.`stage`")) == {"gender", "segment"}


def test_no_assistant_is_in_the_way(page: MlflowPage) -> None:
    assert "Assistant" not in page.enter().text()
    shown = page.driver.find_elements(By.CSS_SELECTOR, "[data-assistant-ui]")
    assert not any(one.is_displayed() for one in shown)


def test_a_stage_has_its_columns_sorted_by_its_metric(page: MlflowPage) -> None:
    page.enter().choose("segment", "40 matching runs", "result/val_loss", "dataset")
    page.keep("stage")
    losses = [float(text) for text in page.column("metrics.`result/val_loss`")]

    assert losses == sorted(losses)
    assert not {"", "-"} & {*page.column("params.`dataset`"), *page.column("params.`hair`")}


def test_names_differ_where_they_are_cut(page: MlflowPage) -> None:
    page.enter().choose("segment", "40 matching runs", "result/val_loss", "+hair s1")
    names = page.column("attributes.`Run Name`")

    assert len({name[:20] for name in names}) == len(names) > 10


def test_charts_begin_with_a_curve(page: MlflowPage) -> None:
    heads = page.enter().choose("segment", "40 matching runs").charts()
    page.keep("curves")

    assert heads[:2] == ["curves", "curves/val_loss"]
    assert heads.index("curves/iou") < heads.index("result")


def test_two_trials_are_compared_by_a_curve(page: MlflowPage) -> None:
    page.enter().choose("segment", "40 matching runs")
    for box in page.driver.find_elements(By.CSS_SELECTOR, ".ag-row .ag-checkbox-input")[:2]:
        page.driver.execute_script("arguments[0].click()", box)
    page.click("Compare")
    text = page.wait("Comparing 2 Runs", "Metrics:", "curves/")
    page.keep("compare")

    assert text.partition("Metrics:\n")[2].startswith("curves/iou")


def test_the_address_that_is_said_opens_all_trainings(page: MlflowPage) -> None:
    text = page.open(page.study, "44 matching runs", "result/val_loss")

    assert {"stage", "state"} <= set(text.split())


def test_a_trial_has_its_curves_first_and_its_files(page: MlflowPage) -> None:
    page.enter().choose("gender", "4 matching runs", "vgg16 s1").click("vgg16 s1")
    overview = page.wait("learning_rate", "Tesla V100", "Finished")
    page.keep("trial")
    page.click("Model metrics")
    curves = page.wait("val_loss", "curves\n(", "result\n(")
    page.keep("trial_curves")
    page.click("Artifacts")
    page.wait("artifacts.txt", "log.txt")
    page.keep("trial_files")

    assert "net.depth" in overview
    assert curves.index("curves\n(") < curves.index("result\n(")


def test_what_a_user_has_arranged_stays(page: MlflowPage) -> None:
    page.enter()
    kept = json.loads(page.driver.execute_script(f"return localStorage.getItem('{KEPT}')"))
    mine = json.dumps({**kept, "searchFilter": "tags.stage = 'segment' AND tags.trial LIKE '%'"})
    page.driver.get("about:blank")
    page.open(page.start, "faces")
    page.driver.execute_script("localStorage.setItem(arguments[0], arguments[1])", KEPT, mine)
    page.click("faces")

    page.wait("40 matching runs")
