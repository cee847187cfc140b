"""Makes docs/report.png, the picture of a report in README.md: the findings, and a number with its trials.

make study
PYTHONPATH=. python docs/pictures.py runs/studies/quickstart/report/report.html
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.chromium import chromium

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

WIDTH, PATIENCE_S, COLORS = 1280, 30, 128
FINDINGS, TRIALS = 820, 620
"""Pixels of height of the two parts."""
OPENED = "#table_5_1 tbody tr:nth-child(2) td:nth-of-type(1) button"


def shown(driver: Chrome, height: int) -> Image.Image:
    """Return what the window shows, as high as asked."""
    size = {"width": WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))")
    return Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")


def main() -> None:
    """Take both parts and lay them below each other."""
    page, picture = Path(sys.argv[1]).resolve(), Path(__file__).with_name("report.png")
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder)) as driver:
        driver.get(page.as_uri())
        findings = shown(driver, FINDINGS)
        driver.execute_script(
            "document.querySelector('#table_5_1').scrollIntoView();"
            f"document.querySelector('{OPENED}').click()"
        )
        WebDriverWait(driver, PATIENCE_S).until(lambda _: driver.execute_script("return !panel.hidden"))
        driver.execute_script("document.activeElement.blur()")
        trials = shown(driver, TRIALS)
    both = Image.new("RGB", (WIDTH, FINDINGS + TRIALS + 2), "#8a8983")
    both.paste(findings, (0, 0))
    both.paste(trials, (0, FINDINGS + 2))
    both.quantize(COLORS).save(picture, optimize=True)


if __name__ == "__main__":
    main()
