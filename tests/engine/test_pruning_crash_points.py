"""`kill -9` before each step by which a worker, or its trial, changes the world around a decision.

Whoever takes the trial up ends it as pruned, and decides no step again that was written down.
"""

import os
from pathlib import Path

import pytest

from tests.engine.pruned_fixture import Pruned, make_pruned
from tests.engine.test_crash_points import die_before

pytestmark = pytest.mark.slow

LEAST = 15
"""So few steps cannot be all."""


def train_in_fork(search: Pruned, deadly_step: int, folder: Path) -> bool:
    """Run the first attempt in a forked worker of which somebody dies; say whether everybody came through."""
    child = os.fork()
    if not child:
        try:
            die_before(deadly_step, str(folder), "")
            os._exit(0 if search.train().outcome == "pruned" else 1)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def ended(search: Pruned) -> str:
    """Run more attempts until one is no failure that is repeated; return how it ended."""
    folder = search.folder()
    for number in range(len(folder.numbers()) + 1, 9):
        outcome = search.train(attempt=number).outcome
        if outcome != "failed":
            return outcome
    return "never"


def test_whoever_is_killed_around_a_decision_nothing_is_decided_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, whole = 0, False
    while not whole:
        step += 1
        place = tmp_path / str(step)
        place.mkdir()
        search = make_pruned(place, monkeypatch, {"name": "threshold", "upper": 1.0})
        search.ask([0.5, 0.6, 2.0, 0.1])
        whole = train_in_fork(search, step, place)
        outcome = "pruned" if whole else ended(search)
        numbers = search.folder().numbers()
        steps = [one.step for number in numbers for one in search.decisions(attempt=number)]

        assert (step, outcome, sorted(steps)) == (step, "pruned", [0, 1, 2])
    assert step > LEAST
