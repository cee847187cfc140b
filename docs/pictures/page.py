"""Pictures of a report's page."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image
from selenium.webdriver.support.ui import WebDriverWait

from docs.pictures.png import beside, stacked

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

    from docs.pictures.workshop import Subject, Workshop

PATIENCE_S = 60
WIDE, FINDINGS, TRIALS = 1280, 820, 620
"""Pixels: the width of a page, and the heights of its two parts."""
PHONE = (390, 844)
_MOST_FIGURES, _HIGHEST_FIGURE = 6, 420


@dataclass(frozen=True, slots=True)
class View:
    """A window, in pixels, and its colours."""

    width: int
    height: int
    scale: int = 1
    dark: bool = False


def shown(driver: Chrome, view: View) -> Image.Image:
    """Return what a window of this size shows."""
    resize(driver, view)
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))")
    return Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")


def resize(driver: Chrome, view: View) -> None:
    """Give the window a size and colours."""
    size = {"width": view.width, "height": view.height, "deviceScaleFactor": view.scale, "mobile": False}
    scheme = {"name": "prefers-color-scheme", "value": "dark" if view.dark else "light"}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})


def report(shop: Workshop, *, dark: bool = False) -> Image.Image:
    """Return the findings of a report, and below them a number with its trials."""
    above, below = View(WIDE, FINDINGS, dark=dark), View(WIDE, TRIALS, dark=dark)
    _open(shop.browser, shop.report(shop.many) / "report.html", above)
    findings = shown(shop.browser, above)
    return stacked([findings, _opened(shop.browser, shop.many, below)])


def phone(shop: Workshop) -> Image.Image:
    """Return the same on a telephone, beside each other."""
    view = View(*PHONE, scale=2)
    _open(shop.browser, shop.report(shop.many) / "report.html", view)
    findings = shown(shop.browser, view)
    return beside([findings, _opened(shop.browser, shop.many, view)], gap=24)


def figures(shop: Workshop) -> Image.Image:
    """Return a figure of each kind that the reports have, two in a row."""
    view, kinds, parts = View(WIDE // 2, 900), set[str](), list[Image.Image]()
    for subject in (shop.plain, shop.many):
        _open(shop.browser, shop.report(subject) / "report.html", view)
        for place, kind in shop.browser.execute_script(_KINDS):
            if kind not in kinds and len(parts) < _MOST_FIGURES:
                kinds.add(kind)
                parts.append(_figure(shop.browser, place))
    return _in_rows(parts)


_KINDS = """
return [...document.querySelectorAll('.figures > section')].map((section, place) => {
  const holder = section.querySelector('[data-chart]');
  return [place, holder ? charts[holder.dataset.chart].kind : 'pictures'];
});
"""


def _figure(driver: Chrome, place: int) -> Image.Image:
    """Return a figure with its title, as large as it is."""
    section = driver.execute_script(
        "const found = document.querySelectorAll('.figures > section')[arguments[0]];"
        "for (const more of found.querySelectorAll('.files, details')) more.hidden = true;"
        "found.scrollIntoView(); drawAll(); return found",
        place,
    )
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(() => arguments[0]()))")
    drawn = Image.open(io.BytesIO(section.screenshot_as_png)).convert("RGB")
    drawn.thumbnail((WIDE, _HIGHEST_FIGURE), Image.Resampling.LANCZOS)
    return drawn


def _in_rows(parts: list[Image.Image]) -> Image.Image:
    """Return pictures two in a row, each row as high as its higher one."""
    ground = parts[0].getpixel((0, 0))
    rows = []
    for start in range(0, len(parts), 2):
        pair = parts[start : start + 2]
        row = Image.new("RGB", (WIDE, max(one.height for one in pair) + 40), ground)
        for place, one in enumerate(pair):
            row.paste(one, (place * WIDE // 2 + 16, 20))
        rows.append(row)
    return stacked(rows, gap=0)


def _open(driver: Chrome, page: Path, view: View) -> None:
    resize(driver, view)
    driver.get("about:blank")
    driver.get(page.as_uri())


def _opened(driver: Chrome, subject: Subject, view: View) -> Image.Image:
    """Return the table of the number that a study shows, with the number opened."""
    resize(driver, view)
    driver.execute_script(
        "const number = document.querySelector(arguments[0]);"
        "number.closest('section').scrollIntoView(); number.click()",
        subject.opened,
    )
    WebDriverWait(driver, PATIENCE_S).until(lambda _: driver.execute_script("return !panel.hidden"))
    driver.execute_script("document.activeElement.blur()")
    return shown(driver, view)
