"""The page that `python -m tasks.predict TRIAL FOLDER` writes. Screenshots go to UI_SCREENSHOTS."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from selenium.webdriver.common.by import By

from tasks.predict import __main__ as command
from tests.browser.chromium import chromium, skip_without
from tests.browser.opened_page import OpenedPage
from tests.tasks.predict.conftest import Runs

pytestmark = [pytest.mark.browser, skip_without]
AXE = Path(__file__).parent / "assets" / "axe.min.js"
SHOWN = "return [...document.querySelectorAll('tbody tr:not([hidden])')].map(row => row.cells[0].innerText)"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenedPage]:
    """Four pictures from black to white and one that is broken, asked of two trials."""
    folder = tmp_path_factory.mktemp("asked")
    (folder / "photos").mkdir()
    for grey in (0, 80, 160, 240):
        Image.new("RGB", (60, 40), (grey, grey, grey)).save(folder / "photos" / f"grey {grey}#.png")
    (folder / "photos" / "broken.png").write_text("no picture")
    (folder / "labels.csv").write_text("picture,light\ngrey 0#,bright\ngrey 240#,bright\n")
    trials = [str(Runs(folder / "runs").add(seed=seed, synthetic=1.0).path) for seed in range(2)]
    words = ["--out", str(folder / "out"), "--labels", str(folder / "labels.csv")]
    assert command.main([*trials, str(folder / "photos"), *words]) == 1
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield OpenedPage(driver, (folder / "out" / "answers.html").as_uri())


def test_answers_of_all_trials_stand_beside_each_picture(page: OpenedPage) -> None:
    text = page.open(page.start, "5 of 5 pictures")
    page.keep("folder")
    assert "right in 1 of 2 (50.0%)" in text
    assert text.count("it is bright") == 2
    loaded = "return [...document.images].filter(image => image.complete && !image.naturalWidth).length"
    assert page.driver.execute_script(loaded) == 0


def test_pictures_are_filtered_by_words(page: OpenedPage) -> None:
    page.open(page.start, "5 of 5 pictures")
    page.driver.find_element(By.ID, "words").send_keys("mask covers 100")
    page.wait("1 of 5 pictures")
    assert page.driver.execute_script(SHOWN) == ["grey 240#.png"]


def test_what_is_wrong_is_found(page: OpenedPage) -> None:
    page.open(page.start, "5 of 5 pictures")
    page.driver.find_element(By.ID, "wrong").click()
    page.wait("2 of 5 pictures")
    assert page.driver.execute_script(SHOWN) == ["broken.png", "grey 0#.png"]


def test_columns_are_sorted(page: OpenedPage) -> None:
    page.open(page.start, "5 of 5 pictures")
    head = page.driver.find_element(By.XPATH, "//th/button[normalize-space()='picture']")
    head.click()
    head.click()
    names = page.driver.execute_script(SHOWN)
    assert names == ["grey 240#.png", "grey 160#.png", "grey 80#.png", "grey 0#.png", "broken.png"]


@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing_serious(page: OpenedPage, width: int) -> None:
    size = {"width": width, "height": 1200, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.open(page.start, "5 of 5 pictures")
    page.keep(f"folder_{width}")
    page.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = page.driver.execute_async_script(
        "axe.run().then(found => arguments[0](found.violations.map(one => [one.impact, one.id])))"
    )
    assert not [one for one in found if one[0] in {"serious", "critical"}]
    assert page.driver.execute_script("return document.documentElement.scrollWidth") <= width
