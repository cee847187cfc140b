"""The page for those who come from another tool: both sides of a pair run the same, in the lines it says."""

import re
from pathlib import Path

import pytest

from orchestrator.study.read import read_study
from tests.peers.pairs import PAGE, Pair, of_study, read_pairs, sets
from tests.peers.readings import READINGS
from tests.toy_fixture import Toy

TEXT = PAGE.read_text(encoding="utf-8")
PAIRS = {pair.tool: pair for pair in read_pairs(TEXT)}


PROGRAM = """
import sys


def train(lr, seed):
    return lr


print(*sys.argv)
for metric in ("loss", "val_loss", "sphere"):
    print(metric, 1)
"""
"""Stands in for any program of a pair."""


def write(pair: Pair, folder: Path) -> None:
    """Write the study of a pair, and the programs that it names."""
    folder.mkdir()
    for program in {"train.py", *re.findall(r"[a-z_]+\.py", pair.study.text)}:
        (folder / program).write_text(PROGRAM)
    for file in pair.here:
        (folder / file.name).write_text(file.text)


def test_every_tool_of_the_page_is_compared() -> None:
    assert list(PAIRS) == list(READINGS)


@pytest.mark.parametrize("tool", READINGS)
def test_both_sides_run_the_same(tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    there = READINGS[tool](PAIRS[tool], tmp_path / "there")
    write(PAIRS[tool], tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.syspath_prepend(str(tmp_path / "here"))

    assert sets(of_study(read_study(Path(PAIRS[tool].study.name)))) == sets(there)


@pytest.mark.slow
@pytest.mark.parametrize("tool", READINGS)
def test_every_trial_of_a_pair_runs(tool: str, tmp_path: Path) -> None:
    study = PAIRS[tool].study.name
    folder = Toy(tmp_path / "here")
    write(PAIRS[tool], folder.folder)
    folder.type("submit", study, "--cpu")

    assert set(folder.json("status", study)["states"]) == {"DONE"}


@pytest.mark.parametrize("tool", READINGS)
def test_the_lines_of_both_sides_are_as_many_as_the_page_says(tool: str) -> None:
    assert PAIRS[tool].row in TEXT
