"""What opens behind a number of a report's page, as a person uses it."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import skip_without
from tests.browser.plain_page import Tab, opened_page

pytestmark = [pytest.mark.browser, skip_without]


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with opened_page(tmp_path_factory.mktemp("page")) as tab:
        yield tab


def test_a_number_opens_its_trials_and_the_table_stays(tab: Tab) -> None:
    tab.open()
    button = tab.find("#_table-iou tbody button")
    tab.ask("arguments[0].scrollIntoView({block: 'center'})", button)
    before = tab.ask("return JSON.stringify(document.getElementById('_table-iou').getBoundingClientRect())")
    button.click()
    tab.until("!panel.hidden")
    tab.keep("panel")
    after = tab.ask("return JSON.stringify(document.getElementById('_table-iou').getBoundingClientRect())")

    assert after == before
    assert {"measured minus printed", "Its 2 trials", "seed=0: val_iou 0.7", "seed=1: failed"} <= set(
        tab.find("#_panel").text.splitlines()
    )
    assert tab.ask("return panel.querySelectorAll('svg').length") == 1


def test_a_failed_trial_tells_why_and_the_end_of_its_log(tab: Tab) -> None:
    tab.open()
    tab.find("#_table-iou tbody button").click()
    tab.until("panel.querySelectorAll('.trial').length")
    text = tab.find("#_panel .trial:last-of-type").text

    assert "nan_loss: the loss is nan" in text
    assert "loss nan" in text
    assert "node-7" in text


def test_keys_walk_through_a_table_and_open_and_close_the_panel(tab: Tab) -> None:
    tab.open()
    tab.ask("document.querySelector('#_table-iou tbody button').focus()")
    keys = ActionChains(tab.driver)
    keys.send_keys(Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ENTER).perform()
    tab.until("document.activeElement === panel")
    title = tab.find("#_panel h2").text
    ActionChains(tab.driver).send_keys(Keys.ESCAPE).perform()

    assert title == "Encoder a, LFW / No hair: 0.250 ± 0.010"
    assert tab.ask("return document.activeElement.closest('tr').dataset.row") == "1"
    assert tab.ask("return panel.hidden")


def test_one_number_of_a_table_is_reached_by_tab(tab: Tab) -> None:
    tab.open()

    assert tab.ask("return document.querySelectorAll('#_table-iou tbody button[tabindex=\"0\"]').length") == 1


IN_SIGHT = """
const seen = (element) => {
  const box = element.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + box.height / 2);
  return element.contains(at);
};
return [seen(arguments[0]), seen(arguments[0].closest('tr').cells[0]), !panel.hidden];
"""


@pytest.mark.parametrize("width", [1900, 1400, 1250, 1000, 820, 390])
@pytest.mark.parametrize("place", range(1, 9))
def test_an_opened_number_and_the_label_of_its_row_stay_in_sight(tab: Tab, width: int, place: int) -> None:
    tab.open(width)
    button = tab.find(f"#_table-wide tbody tr:last-child td:nth-of-type({place}) button")
    tab.ask("arguments[0].scrollIntoView({block: 'end', inline: 'nearest'}); arguments[0].click()", button)
    tab.until("!panel.hidden")

    assert tab.ask(IN_SIGHT, button) == [True, True, True]


def test_labels_are_where_they_were_when_the_panel_is_closed(tab: Tab) -> None:
    tab.open()
    label = tab.find("#_table-wide tbody th")
    before = tab.ask("return arguments[0].getBoundingClientRect().left", label)
    tab.ask("document.querySelector('#_table-wide tbody td:last-of-type button').click()")
    tab.until("!panel.hidden")
    moved = tab.ask("return arguments[0].getBoundingClientRect().left", label)
    tab.find("#_panel .shut").click()

    assert moved > before
    assert tab.ask("return arguments[0].getBoundingClientRect().left", label) == before


BESIDE_ITS_LABEL = """
const number = document.activeElement.getBoundingClientRect();
const label = document.activeElement.closest('tr').cells[0].getBoundingClientRect();
return number.left >= label.right - 1 && number.right <= innerWidth;
"""


def test_what_is_walked_to_stands_beside_the_label_of_its_row(tab: Tab) -> None:
    tab.open(390)
    tab.ask("document.querySelector('#_table-wide tbody button').focus()")
    seen = []
    for key in [Keys.ARROW_RIGHT] * 7 + [Keys.ARROW_LEFT] * 7:
        ActionChains(tab.driver).send_keys(key).perform()
        seen.append(tab.ask(BESIDE_ITS_LABEL))

    assert all(seen)
