"""Pictures of MLflow's UI as `ui` opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selenium.webdriver.support.ui import WebDriverWait

from docs.pictures.page import View, resize, shown

if TYPE_CHECKING:
    from PIL import Image
    from selenium.webdriver import Chrome

    from docs.pictures.workshop import Workshop

PATIENCE_S = 180
TRIALS, CURVES = View(1600, 760), View(1600, 900)


def trials(shop: Workshop) -> Image.Image:
    """Return the trials of a study side by side."""
    return shown(_opened(shop, TRIALS), TRIALS)


def curves(shop: Workshop) -> Image.Image:
    """Return the charts of its trials, those of metrics over steps in the middle."""
    driver = _opened(shop, CURVES)
    driver.execute_script("document.querySelector('input[type=radio][value=CHART]').click()")
    _until(driver, f"({_PLOTS}).length > 0")
    _settled(driver)
    for _ in range(MOST_SCROLLS):
        if driver.execute_script(_TO_CURVES):
            break
        _settled(driver)  # charts are drawn when they come into view
    driver.execute_script(_NO_BARS)
    _settled(driver)
    return shown(driver, CURVES)


MOST_SCROLLS = 8
_PLOTS = "document.querySelectorAll('.js-plotly-plot')"
_TO_CURVES = """
const plots = [...document.querySelectorAll('.js-plotly-plot')];
const lines = plots.find((one) => one.querySelector('.scatterlayer .js-line'));
(lines ?? plots.at(-1)).scrollIntoView({block: lines ? 'center' : 'start'});
return Boolean(lines);
"""
_NO_BARS = """
const style = document.createElement('style');
style.textContent = '.modebar { display: none }';
document.head.append(style);
"""
"""Tools that a chart shows below the mouse, and where there is none, always."""
_CLUTTER = "[aria-label='Close'], [aria-label='Hide banner'], [aria-label='Toggle sidebar']"
"""What can be closed around the trials; what is not there is not clicked."""


def _opened(shop: Workshop, view: View) -> Chrome:
    """Return the browser with all trials of the study in sight."""
    driver = shop.browser
    resize(driver, view)
    driver.get("about:blank")
    driver.get(shop.trials_page)
    _until(driver, "/[1-9][0-9]* matching run/.test(document.body.innerText)")
    driver.execute_script(f"document.querySelectorAll(`{_CLUTTER}`).forEach(one => one.click())")
    _settled(driver)
    return driver


def _until(driver: Chrome, script: str) -> None:
    """Wait until a script is true."""
    WebDriverWait(driver, PATIENCE_S).until(lambda _: driver.execute_script(f"return {script}"))


def _settled(driver: Chrome) -> None:
    """Wait until the window looks the same twice."""
    seen = [b""]

    def same(_: object) -> bool:
        seen.append(driver.get_screenshot_as_png())
        return seen[-1] == seen[-2]

    WebDriverWait(driver, PATIENCE_S, poll_frequency=1.5).until(same)
