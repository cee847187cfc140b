"""The page about tables: what it says to write runs, on trials that have given something."""

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from orchestrator.report.comparison.definition import ASPECTS, TableComparison
from orchestrator.report.comparison.difference import TEST_NAMES, smallest_p
from orchestrator.report.definition import GainDefinition, Spread, TableDefinition
from orchestrator.report.gain_table import build_gain
from orchestrator.report.tabulate import build
from tests.docs.pages import ROOT, page
from tests.observations import gather, observe

PAGE = page("tables.md")
TABLES, COMPARE, GAINS = (YAML(typ="safe").load(text) for text in PAGE.all("yaml"))
POINTS = [
    (optimizer, lr, seed) for optimizer in ("sgd", "adam") for lr in (0.003, 0.03) for seed in range(10)
]
SEEN = [
    observe(
        {"test_acc": 0.8 + (0.05 + 0.001 * seed) * (optimizer == "adam") + 0.01 * ((7 * seed) % 5)},
        "train",
        optimizer=optimizer,
        lr=lr,
        seed=seed,
    )
    for optimizer, lr, seed in POINTS
]


def words_of(heading: str) -> set[str]:
    """Return the words in code of the first column of the table below a heading."""
    rows = PAGE.text.split(f"## {heading}")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([\w-]+)`", rows, flags=re.MULTILINE))


def test_the_table_of_the_page_is_that_of_the_digits() -> None:
    digits = YAML(typ="safe").load(ROOT / "reports" / "digits.yaml")

    assert TABLES["tables"][0] == digits["tables"][0]


def test_the_table_of_the_page_can_be_built() -> None:
    table = build(TableDefinition.model_validate(TABLES["tables"][0]), gather(*SEEN))

    assert [[cell.n for cell in row.cells] for row in table.rows] == [[10, 10], [10, 10]]


def test_the_comparison_of_the_page_can_be_made() -> None:
    given: dict[str, Any] = {**TABLES["tables"][0], **COMPARE}
    table = build(TableDefinition.model_validate(given), gather(*SEEN))

    assert "Wilcoxon signed-rank test by seed" in table.notes[2].text


def test_the_gains_of_the_page_can_be_built() -> None:
    table = build_gain(GainDefinition.model_validate(GAINS["derived"][0]), gather(*SEEN))

    assert len(table.columns) == 4


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("What stands behind the mean", set(Spread.__args__)),  # type: ignore[attr-defined]
        ("What is compared to what", set(TEST_NAMES)),
        ("What may be compared", set(ASPECTS)),
    ],
)
def test_the_page_names_all_there_are(heading: str, words: set[str]) -> None:
    assert words_of(heading) == words


def test_the_page_names_every_key_of_a_comparison() -> None:
    assert set(COMPARE["compare"]) == set(TableComparison.model_fields)


def test_the_smallest_p_are_those_of_the_tests() -> None:
    told = dict(re.findall(r"^\| `([\w-]+)` .* \| ([\d.]+) \|$", PAGE.text, flags=re.MULTILINE))

    assert {name: float(p) for name, p in told.items()} == {
        name: round(smallest_p(name, 5), 4) for name in TEST_NAMES if smallest_p(name, 5)
    }
