from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.study.shape import Shape
from orchestrator.study.shape_entry import ShapeEntry


def entry(**given: Any) -> ShapeEntry:
    return ShapeEntry.model_validate(given)


def test_a_shape_that_refers_to_nothing_is_the_same_everywhere() -> None:
    assert entry(gpus=1, memory="24GB").at({}) == Shape(gpus=1, memory="24GB")


def test_a_value_that_refers_to_an_axis_is_that_of_the_point() -> None:
    shape = entry(gpus="${model.gpus}", memory="${gb}GB", cpus=6)

    assert shape.at({"model.gpus": 2, "gb": 8}) == Shape(gpus=2, memory="8GB", cpus=6)


def test_what_a_shape_refers_to() -> None:
    assert entry(gpus="${model.gpus}", memory="${gb}GB").references == {"model.gpus", "gb"}


@pytest.mark.parametrize("given", [{"gpus": "many"}, {"gpuz": "${a}"}, {"cpus": 0, "gpus": "${a}"}])
def test_what_is_wrong_at_every_point_is_refused_at_once(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ShapeEntry.model_validate(given)


def test_a_value_of_a_point_is_checked_there() -> None:
    with pytest.raises(ValidationError, match="gpus"):
        entry(gpus="${a}").at({"a": "many"})
