"""Trainings give the numbers that were recorded, to the last bit where the same arithmetic is at hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import torch

from tests.tasks.recorded_numbers import FILE, TRAININGS, machine, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tasks.attempts import Ended

pytestmark = pytest.mark.slow

RECORD = json.loads(FILE.read_text())
# How far numbers come apart where sums are added up in another order; with a learning rate of 0.05 and batch
# normalisation over six pictures the U-Net's grow apart fastest.
APART = {"foreground": 0.05}


def test_record_has_every_training() -> None:
    assert RECORD["trainings"].keys() == set(TRAININGS)


@pytest.mark.skipif(torch.cuda.is_available(), reason="the record was made on a CPU")
@pytest.mark.parametrize("name", TRAININGS)
def test_numbers_are_those_recorded(name: str, whole: Callable[[str], Ended]) -> None:
    wanted, found = RECORD["trainings"][name], numbers(whole(name))

    if RECORD["machine"] == machine():
        assert json.dumps(found, indent=1, sort_keys=True) == json.dumps(wanted, indent=1, sort_keys=True)
    else:
        assert flat(found) == pytest.approx(flat(wanted), rel=APART.get(name, 1e-3), abs=1e-6)


def flat(recorded: dict[str, Any]) -> dict[str, float]:
    """Return metrics and logged numbers under one name each."""
    logged = {f"{line['step']} {name}": line[name] for line in recorded["logged"] for name in line}
    return {**recorded["metrics"], **logged, "checkpoint": recorded["checkpoint"]["step"]}
