"""Whole searches on this machine: how long they are, and that they are the same ones again."""

import json
from pathlib import Path

import pytest

from tests.toy_fixture import Toy, make_toy

SEARCH = """
study: search
shapes: {{few: {{workers: {workers}}}}}
stages:
  sweep:
    task: toy.train
    shape: few
    search: {{{keys}, space: {{lr: {{low: 0.01, high: 1.0}}}}, objective: {{minimize: loss}}}}
"""


def searching(toy: Toy, keys: str, workers: int = 2, more: str = "") -> str:
    """Submit a search and return what was said of it."""
    toy.study(SEARCH.format(keys=keys, workers=workers) + more)
    return toy.type("submit", "study.yaml").stderr


def answers(toy: Toy) -> dict[str, object]:
    """Return what stands in each file of an answer, by its name."""
    files = (toy.folder / "runs/searches").glob("*/0*.json")
    return {file.name: json.loads(file.read_text()) for file in files}


def test_a_search_goes_on_when_more_trials_are_asked_for(toy: Toy) -> None:
    searching(toy, "trials: 2")
    first = {trial["id"] for trial in toy.trials("search")}
    searching(toy, "trials: 4")
    after = [trial["id"] for trial in toy.trials("search")]

    assert (len(first), len(after)) == (2, 4)
    assert first == set(after[:2])


@pytest.mark.parametrize("seeds", ["", "seeds: 2, "], ids=["one seed", "two seeds"])
def test_a_search_in_rounds_is_the_same_on_any_number_of_workers(tmp_path: Path, seeds: str) -> None:
    found = []
    for workers in (1, 3):
        (place := tmp_path / str(workers)).mkdir()
        toy = make_toy(place)
        searching(toy, f"{seeds}trials: 13, rounds: 4, sampler: tpe", workers)
        found.append(answers(toy))

    assert found[0] == found[1]
    assert sorted(found[0]) == ["0001.json", "0005.json", "0009.json", "0013.json"]


FINAL = "  final: {task: toy.use, needs: {source: {stage: sweep, best: loss}}}\n"


def test_a_search_that_reaches_its_target_hands_on_its_best_and_says_so(toy: Toy) -> None:
    said = searching(toy, "trials: 40, parallel: 2, seeds: 2, target: 0.02", more=FINAL)
    status = toy.json("status", "search")
    (search,) = status["searches"]

    assert "asks no more: its target 0.02 is reached by loss=" in said
    assert "note: sweep asks no more: its target" in toy.type("plan", "study.yaml").stderr
    assert search["end"] == "target"
    assert search["trials"] == 2 * search["answers"] < 80
    assert [trial["state"] for trial in status["trials"] if trial["stage"] == "final"] == ["DONE"]
