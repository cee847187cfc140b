"""Which trials may be trained together."""

from typing import Any

import pytest

from orchestrator.study.lockstep import likeness
from orchestrator.study.trial import Trial

PARAMS: dict[str, Any] = {"lr": 0.1, "opt": {"name": "sgd", "momentum": 0.9}, "depth": 3}


def trial(**changed: Any) -> Trial:
    kept = {"id": "a" * 16, "stage": "s", "task": "t", "version": 1, "params": PARAMS, "seed": 0, "axes": {}}
    return Trial.model_validate({**kept, "needs": {}, **changed})


@pytest.mark.parametrize(
    ("changed", "alike"),
    [
        ({}, True),
        ({"seed": 1}, True),
        ({"stage": "other"}, True),
        ({"params": {**PARAMS, "lr": 0.2}}, True),
        ({"params": {**PARAMS, "opt": {"name": "sgd", "momentum": 0.5}}}, True),
        ({"needs": {"pictures": "b" * 16}}, False),
        ({"params": {**PARAMS, "opt": {"name": "adam", "momentum": 0.9}}}, False),
        ({"params": {**PARAMS, "depth": 4}}, False),
        ({"task": "u"}, False),
        ({"version": 2}, False),
    ],
)
def test_trials_are_alike_but_for_some_values(changed: dict[str, Any], alike: bool) -> None:
    differ = ("lr", "opt.momentum", "lr.part", "nowhere.at.all")

    assert (likeness(trial(), differ) == likeness(trial(**changed), differ)) is alike


def test_the_same_need_may_lead_elsewhere() -> None:
    one, other = trial(needs={"pictures": "b" * 16}), trial(needs={"pictures": "c" * 16})

    assert likeness(one, ()) == likeness(other, ())
