"""The kinds of figures as a person sees them on the page."""

import json
from typing import Any

import pytest

from tests.browser.chromium import skip_without
from tests.browser.test_report import Tab, tab

__all__ = ["tab"]

pytestmark = [pytest.mark.browser, skip_without]


def texts(tab: Tab, selector: str) -> list[str]:
    """Return the texts of all elements of a selector."""
    found: str = tab.ask(
        f"return JSON.stringify([...document.querySelectorAll(`{selector}`)].map(one => one.textContent))"
    )
    read: list[str] = json.loads(found)
    return read


def opened(tab: Tab, width: int = 1400, *, dark: bool = False) -> Any:
    """Open the page with all of its figures drawn."""
    tab.open(width, dark=dark)
    return tab.ask("drawAll()")


def test_epochs_are_whole(tab: Tab) -> None:
    opened(tab)

    assert texts(tab, '#figure_epochs_to [data-part="y-axis tick label"] text') == ["0", "1", "2", "3", "4"]


def test_cells_have_their_numbers(tab: Tab) -> None:
    opened(tab)

    assert {"0.51", "0.61", "0.71", "0.81"} <= {
        text[:4] for text in texts(tab, '#figure_heat_map [data-part="text"] text')
    }


def test_colours_follow_the_ground(tab: Tab) -> None:
    fills = []
    for dark in (False, True):
        opened(tab, dark=dark)
        cell = tab.find("#figure_heat_map [data-part=rect] rect")
        fills.append(cell.get_attribute("fill"))

    assert fills[0] != fills[1]


def test_bars_with_long_names_lie_on_a_narrow_page(tab: Tab) -> None:
    opened(tab, 390)
    tab.ask(
        "const holder = document.querySelector('#figure_bars .chart');"
        "charts.figure_bars.columns = ['a very long name of a setting', 'another very long name of it'];"
        "delete holder.dataset.width; draw(holder)"
    )

    assert "a very long name of a set…" in texts(tab, '#figure_bars [data-part="y-axis tick label"] text')


def test_the_numbers_of_a_figure_stand_below_it(tab: Tab) -> None:
    opened(tab)

    assert texts(tab, "#figure_confusion .numbers tbody tr:first-child td")[:2] == ["24", "6"]
    assert texts(tab, "#figure_epochs_to .numbers tbody tr:first-child td") == [
        "no median, 0 of 3",
        "no median, 0 of 3",
    ]
