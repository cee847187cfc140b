"""The page of `python -m tasks.predict --serve` as a person sees it. Screenshots go to UI_SCREENSHOTS."""

import base64
import json
import os
import re
import signal
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
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions
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


AXE = Path(__file__).parent / "assets" / "axe.min.js"
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
COPY = """
const [data, done] = arguments, bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
const item = new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) });
navigator.clipboard.write([item]).then(() => done("copied"), error => done(String(error)));
"""
DROP = """
const [data, name] = arguments, bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
const transfer = new DataTransfer();
transfer.items.add(new File([bytes], name, { type: "image/png" }));
const target = document.querySelector("[data-testid=image] button, button[aria-dropeffect=copy]");
for (const kind of ["dragenter", "dragover", "drop"])
  target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a page on which the command line itself serves two trials."""
    folder = tmp_path_factory.mktemp("served")
    runs = Runs(folder / "runs")
    trials = [str(runs.add(seed=seed, synthetic=1.0, val_acc=0.5 + seed / 8).path) for seed in (1, 2)]
    typed = [sys.executable, "-m", "tasks.predict", *trials, "--serve"]
    own = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(typed, cwd=ROOT, env=own, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        yield served.stdout.readline().strip()
        served.send_signal(signal.SIGINT)
        assert served.wait() == 0
    assert not list(folder.glob("predict-*")), "pictures are left behind"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, url: str) -> Iterator[OpenedPage]:
    folder = tmp_path_factory.mktemp("chromium")
    with chromium(folder, {"performance": "ALL"}, CAMERA) as driver:
        yield OpenedPage(driver, url)


def opened(page: OpenedPage) -> OpenedPage:
    """Open the page, and wait until it can be given a picture."""
    page.open(page.start, "no answer yet")
    WebDriverWait(page.driver, PATIENCE_S).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "input[type=file]")
    )
    return page


def click(page: OpenedPage, path: str) -> None:
    """Click a button once it is there and can be clicked."""
    ready = expected_conditions.element_to_be_clickable((By.XPATH, path))
    WebDriverWait(page.driver, PATIENCE_S).until(ready).click()


def upload(page: OpenedPage, path: Path) -> None:
    page.driver.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(path))


def cards(page: OpenedPage) -> list[str]:
    """Return what the cards say, once all have an answer."""
    said = "return [...document.querySelectorAll('.card')].map(card => card.innerText)"
    WebDriverWait(page.driver, PATIENCE_S).until(
        lambda driver: all(" ms" in card for card in driver.execute_script(said))
    )
    return list(page.driver.execute_script(said))


def white_third(folder: Path) -> Path:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, :20] = 255
    Image.fromarray(pixels).save(folder / "anna.png")
    return folder / "anna.png"


def test_picture_that_is_dropped_is_answered_by_both_trials(page: OpenedPage, tmp_path: Path) -> None:
    opened(page).keep("serve_before")
    data = base64.b64encode(white_third(tmp_path).read_bytes()).decode("ascii")
    page.driver.execute_script(DROP, data, "anna.png")
    said = cards(page)
    page.keep("serve_after")
    for seed, card in enumerate(said, start=1):
        assert card.startswith(f"tests.tasks.predict.bright seed={seed}")
        assert re.search(r"dark\s+66.7%\s+bright\s+33.3%", card)
        assert re.search(rf"val_acc\s+{0.5 + seed / 8}", card)
        assert "33.3% of the picture" in card
    drawn = "return [...document.querySelectorAll('.card img')].map(image => image.naturalWidth)"
    assert page.driver.execute_script(drawn) == [60] * 4


def test_picture_of_the_camera_is_answered(page: OpenedPage) -> None:
    opened(page)
    for path in (
        "//button[@aria-label='Capture from camera']",
        "//button[normalize-space()='Click to Access Webcam']",
        "//button[@aria-label='capture photo']",
    ):
        click(page, path)
    assert len(cards(page)) == 2


def test_picture_that_is_pasted_is_answered(page: OpenedPage, tmp_path: Path) -> None:
    opened(page)
    data = base64.b64encode(white_third(tmp_path).read_bytes()).decode("ascii")
    granted = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.driver.execute_cdp_cmd("Browser.grantPermissions", granted)
    assert page.driver.execute_async_script(COPY, data) == "copied"
    click(page, "//button[@aria-label='Paste from clipboard']")
    assert all("33.3% of the picture" in card for card in cards(page))


def test_example_is_answered_when_it_is_chosen_by_keyboard(page: OpenedPage) -> None:
    opened(page)
    WebDriverWait(page.driver, PATIENCE_S).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "#examples button")
    )
    page.driver.find_element(By.CSS_SELECTOR, "#examples button").send_keys(Keys.ENTER)
    assert all("of the picture" in card for card in cards(page))


def test_file_that_is_no_picture_is_told(page: OpenedPage, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("no picture")
    upload(opened(page), tmp_path / "notes.png")
    text = page.wait("cannot be read")
    page.keep("serve_bad")
    assert "`notes.png` cannot be read as a picture: no format that is known" in text


def test_upload_of_more_than_is_sensible_is_refused(url: str) -> None:
    head = b'--end\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    body = head + bytes(53_000_000) + b"\r\n--end--\r\n"
    sent = urllib.request.Request(  # noqa: S310 - our own
        f"{url}gradio_api/upload", body, {"Content-Type": "multipart/form-data; boundary=end"}
    )
    with pytest.raises(urllib.error.HTTPError, match="413"):
        urllib.request.urlopen(sent)  # noqa: S310 - our own


def test_two_visitors_at_once_are_both_answered(page: OpenedPage, tmp_path: Path) -> None:
    upload(opened(page), white_third(tmp_path))
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    upload(opened(page), white_third(tmp_path))
    assert len(cards(page)) == 2
    page.driver.close()
    page.driver.switch_to.window(first)
    assert len(cards(page)) == 2


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1400, 820, 390])
def test_page_fits_and_axe_finds_nothing_serious(
    page: OpenedPage, tmp_path: Path, width: int, dark: bool
) -> None:
    size = {"width": width, "height": 1200, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    upload(opened(page), white_third(tmp_path))
    cards(page)
    page.keep(f"serve_{width}_{'dark' if dark else 'light'}")
    page.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = page.driver.execute_async_script(
        "axe.run().then(found => arguments[0](found.violations.map("
        "one => [one.impact, one.id, one.nodes.slice(0, 3).map(node => node.html.slice(0, 200))])))"
    )
    assert not [one for one in found if one[0] in {"serious", "critical"}]
    assert page.driver.execute_script("return document.documentElement.scrollWidth") <= width


def test_nothing_but_this_machine_is_asked(page: OpenedPage) -> None:
    opened(page)
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
