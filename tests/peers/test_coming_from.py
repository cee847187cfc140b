"""The page for those who come from another tool: both sides of a pair run the same, in the lines it says."""

import re
from pathlib import Path

import pytest

from orchestrator.study.read import read_study
from tests.peers.pairs import PAGE, Combinations, Pair, of_study, read_pairs, sets
from tests.peers.readings import READINGS

TEXT = PAGE.read_text(encoding="utf-8")
PAIRS = {pair.tool: pair for pair in read_pairs(TEXT)}


def planned(pair: Pair, folder: Path, patch: pytest.MonkeyPatch) -> Combinations:
    """Return what the trials of a pair's study are given; its programs are there, and empty."""
    for program in re.findall(r"[a-z_]+\.py", pair.study.text):
        (folder / program).touch()
    for file in pair.here:
        (folder / file.name).write_text(file.text)
    patch.chdir(folder)
    patch.syspath_prepend(str(folder))
    return of_study(read_study(folder / pair.study.name))


def test_every_tool_of_the_page_is_compared() -> None:
    assert list(PAIRS) == list(READINGS)


@pytest.mark.parametrize("tool", READINGS)
def test_both_sides_run_the_same(tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    there = READINGS[tool](PAIRS[tool], tmp_path / "there")
    (tmp_path / "here").mkdir()
    here = planned(PAIRS[tool], tmp_path / "here", monkeypatch)

    assert sets(here) == sets(there)


@pytest.mark.parametrize("tool", READINGS)
def test_the_lines_of_both_sides_are_as_many_as_the_page_says(tool: str) -> None:
    assert PAIRS[tool].row in TEXT
