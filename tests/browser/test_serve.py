"""The page of `python -m tasks.predict --serve` as a person sees it. Screenshots go to UI_SCREENSHOTS."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.chromium import chromium, skip_without
from tests.browser.opened_page import OpenedPage
from tests.tasks.predict.conftest import Runs
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.browser,
    skip_without,
    pytest.mark.skipif(find_spec("gradio") is None, reason="NOT TESTED: no gradio here: make setup"),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a page that is served by the command line itself."""
    folder = tmp_path_factory.mktemp("served")
    trial = Runs(folder / "runs").add(synthetic=1.0)
    typed = [sys.executable, "-m", "tasks.predict", str(trial.path), "--serve"]
    own = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(typed, cwd=ROOT, env=own, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        yield served.stdout.readline().strip()
        served.terminate()
        assert served.wait() == 130
    assert not list(folder.glob("predict-*")), "pictures are left behind"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, url: str) -> Iterator[OpenedPage]:
    with chromium(tmp_path_factory.mktemp("chromium"), {"performance": "ALL"}) as driver:
        yield OpenedPage(driver, url)


def upload(page: OpenedPage, path: Path) -> None:
    page.driver.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(path))


def white_third(folder: Path) -> Path:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, :20] = 255
    Image.fromarray(pixels).save(folder / "anna.png")
    return folder / "anna.png"


def test_picture_is_answered_with_scores_mask_and_cutout(page: OpenedPage, tmp_path: Path) -> None:
    page.open(page.start, "tests.tasks.predict.bright", "drawn faces", "mask", "cutout")
    page.keep("serve_before")
    upload(page, white_third(tmp_path))
    text = page.wait("67%", "33%")
    drawn = "return [...document.images].filter(image => image.complete && image.naturalWidth == 60).length"
    WebDriverWait(page.driver, PATIENCE_S).until(lambda driver: driver.execute_script(drawn) == 3)
    page.keep("serve_after")
    assert re.search(r"dark\s+67%\s+bright\s+33%", text)


def test_file_that_is_no_picture_is_told(page: OpenedPage, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("no picture")
    page.open(page.start, "mask")
    upload(page, tmp_path / "notes.png")
    text = page.wait("cannot be read")
    page.keep("serve_bad")
    assert "`notes.png` cannot be read as a picture: no format that is known" in text


def test_nothing_but_this_machine_is_asked(page: OpenedPage) -> None:
    page.open(page.start, "mask")
    entries = [json.loads(entry["message"])["message"] for entry in page.driver.get_log("performance")]
    asked = [
        entry["params"]["request"]["url"]
        for entry in entries
        if entry["method"] == "Network.requestWillBeSent"
    ]
    hosts = {urlsplit(address).hostname for address in asked if address.startswith(("http", "ws"))}
    assert hosts == {"127.0.0.1"}


def test_page_listens_on_loopback_alone(url: str) -> None:
    # A server that listens on every address answers on all of 127.0.0.0/8.
    port = urlsplit(url).port
    assert port is not None
    for host, open_ in (("127.0.0.1", True), ("127.0.0.2", False)):
        with socket.socket() as probe:
            assert (probe.connect_ex((host, port)) == 0) == open_


def test_name_of_another_host_is_refused(url: str) -> None:
    foreign = urllib.request.Request(url, headers={"Host": "elsewhere.example"})  # noqa: S310 - our own
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(foreign)  # noqa: S310 - our own
