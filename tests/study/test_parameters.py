import random
import uuid
from typing import Any

import pytest
from pydantic import BaseModel, Field

from orchestrator.study.edges.task_source import find_task
from orchestrator.study.parameters import check, unsteady
from tests.study.described import Described

TRAIN = find_task("tests.toy_tasks.train")


def test_defaults_are_filled_in_as_json_values() -> None:
    assert check(TRAIN, {"lr": 1}) == (
        {"net": "small", "lr": 1.0, "epochs": 2, "layers": [8], "note": ""},
        [],
    )


def test_what_the_task_refuses_is_told() -> None:
    params, (mistake,) = check(TRAIN, {"lr": 0})

    assert (params, mistake.keys, mistake.message) == ({}, ("lr",), "`0` must be more than 0")


def test_names_that_the_task_does_not_have_are_left_to_the_caller() -> None:
    assert check(TRAIN, {"rate": 1})[1] == []


@pytest.mark.parametrize("factory", [lambda: uuid.uuid4().hex, random.random])
def test_a_default_that_is_another_each_time_is_told(factory: Any) -> None:
    class Changing(BaseModel):
        lr: float = 0.1
        tag: Any = Field(default_factory=factory)

    (mistake,) = unsteady(Described(Changing), {})

    assert mistake.keys == ("tag",)
    assert mistake.message.startswith("its default is another each time: ")


def test_a_default_that_is_another_each_time_may_be_given() -> None:
    class Changing(BaseModel):
        tag: Any = Field(default_factory=random.random)

    assert unsteady(Described(Changing), {"tag": 1}) == []
