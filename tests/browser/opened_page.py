"""A page of ours in headless Chromium. Screenshots go to the folder UI_SCREENSHOTS."""

import os
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.waiting import PATIENCE_S


class OpenedPage:
    """A tab of the browser."""

    def __init__(self, driver: webdriver.Chrome, start: str) -> None:
        self.driver = driver
        self.start = start
        """The address where a user begins."""

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
        place = f"//*[self::a or self::button][normalize-space()='{text}']"
        self.driver.find_element(By.XPATH, place).click()

    def keep(self, name: str) -> None:
        """Save a screenshot where somebody wants to look at it."""
        if folder := os.environ.get("UI_SCREENSHOTS"):
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))
