"""Headless Chromium, for tests of pages as a person sees them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1900,1200"),
)
skip_without = pytest.mark.skipif(
    not (CHROMIUM.exists() and DRIVER.exists()),
    reason="NOT TESTED in a browser: apt-get install chromium chromium-driver",
)


@contextmanager
def chromium(
    folder: Path, logging: Mapping[str, str] | None = None, flags: Sequence[str] = ()
) -> Iterator[webdriver.Chrome]:
    """Give a browser that keeps its own files in a folder; `logging` says what it records of itself."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", dict(logging or {}))
    for flag in [*FLAGS, *flags, f"--user-data-dir={folder}"]:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()
