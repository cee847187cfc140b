"""The site as a reader has it: a folder, opened without a server and without network."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.chromium import chromium, skip_without
from tests.docs.building import build_site
from tests.docs.pages import ROOT
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.browser, skip_without]

AXE = ROOT / "tests" / "browser" / "assets" / "axe.min.js"
LOOKED_AT = ("index.html", "reference/study.html", "searches.html")
WORDS = {"lockstep": "reference/study.html", "Wilcoxon": "tables.html", "reproduce": "reference/verbs.html"}
"""What somebody may look for, and a page that has to be among what is found."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build_site(folder)
    return folder


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("browser"), {"browser": "ALL", "performance": "ALL"}) as driver:
        yield driver


def show(driver: webdriver.Chrome, page: Path, scheme: str = "light", width: int = 1400) -> None:
    """Open a page from its folder, as a reader's system has its colours."""
    size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    colours = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", colours)
    driver.get("about:blank")
    driver.get(page.as_uri())


@pytest.mark.parametrize(("word", "page"), WORDS.items())
def test_a_word_is_found_in_a_page_opened_from_its_folder(
    site: Path, driver: webdriver.Chrome, word: str, page: str
) -> None:
    show(driver, site / "index.html")
    driver.find_element(By.CSS_SELECTOR, ".md-search__input").send_keys(word)

    def found(driver: webdriver.Chrome) -> bool:
        hits = driver.find_elements(By.CSS_SELECTOR, "a.md-search-result__link")
        return any(page in (hit.get_attribute("href") or "") for hit in hits)

    WebDriverWait(driver, PATIENCE_S).until(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_those_of_the_readers_system(site: Path, driver: webdriver.Chrome, scheme: str) -> None:
    show(driver, site / "index.html", scheme)
    wanted = {"light": "default", "dark": "slate"}[scheme]

    def shown(driver: webdriver.Chrome) -> bool:
        return driver.find_element(By.TAG_NAME, "body").get_attribute("data-md-color-scheme") == wanted

    WebDriverWait(driver, PATIENCE_S).until(shown)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 390)])
@pytest.mark.parametrize("page", LOOKED_AT)
def test_everybody_can_read_it(
    site: Path, driver: webdriver.Chrome, page: str, scheme: str, width: int
) -> None:
    show(driver, site / page, scheme, width)
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run().then(arguments[0])")
    grave = [one for one in found["violations"] if one["impact"] in {"serious", "critical"}]

    assert [(one["id"], one["nodes"][0]["html"]) for one in grave] == []


@pytest.mark.parametrize("page", LOOKED_AT)
def test_nothing_is_wider_than_a_phone(site: Path, driver: webdriver.Chrome, page: str) -> None:
    show(driver, site / page, width=390)

    assert driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


def test_a_page_asks_for_files_of_its_folder_alone(site: Path, driver: webdriver.Chrome) -> None:
    logged(driver, "performance")  # what pages before this one have asked for
    logged(driver, "browser")
    show(driver, site / "reference" / "report.html")
    asked = [json.loads(entry["message"])["message"] for entry in logged(driver, "performance")]
    urls = [one["params"]["request"]["url"] for one in asked if one["method"] == "Network.requestWillBeSent"]

    assert [url for url in urls if not url.startswith(("file:", "data:", "about:", "blob:"))] == []
    assert [entry["message"] for entry in logged(driver, "browser") if entry["level"] == "SEVERE"] == []


def logged(driver: webdriver.Chrome, kind: str) -> list[dict[str, str]]:
    """Return what the browser has written down since somebody last asked."""
    entries: list[dict[str, str]] = driver.get_log(kind)  # type: ignore[no-untyped-call]  # selenium's
    return entries
