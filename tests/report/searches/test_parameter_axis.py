import pytest

from orchestrator.report.searches.parameter_axis import ParameterAxis, axis_of, parameter_axis
from tests.report.searches.plain_search import outcome, searched


def test_a_log_range_stands_at_its_exponents() -> None:
    axis = parameter_axis(searched(outcome(1, 0.3)), "lr")

    assert (axis.log, axis.place(0.001)) == (True, pytest.approx(-3))


def test_listed_values_stand_side_by_side() -> None:
    axis = parameter_axis(searched(outcome(1, 0.3)), "optimizer")

    assert (axis.labels, axis.place("adam")) == (["sgd", "adam"], 1.0)


def test_one_and_true_are_two_places() -> None:
    axis = parameter_axis(searched(outcome(1, 0.3, params={"x": 1}), space={"x": [1, True]}), "x")

    assert (axis.place(1), axis.place(True)) == (0.0, 1.0)


def test_numbers_that_no_space_names_are_on_a_log_scale_where_they_are_far_apart() -> None:
    found = searched(outcome(1, 0.3, params={"x": 1e-4}), outcome(2, 0.3, params={"x": 0.1}))

    assert parameter_axis(found, "x").log


def test_other_values_that_no_space_names_are_listed() -> None:
    found = searched(outcome(1, 0.3, params={"x": [8, 8]}), outcome(2, 0.3, params={"x": None}))

    assert parameter_axis(found, "x").labels == ["[8, 8]", "null"]


def test_values_of_no_search_have_an_axis_too() -> None:
    assert axis_of("lr", [1e-4, 0.1]).log
    assert axis_of("net", ["small", "large", "small"]).listed == ("small", "large")


@pytest.mark.parametrize(
    ("axis", "place", "told"),
    [
        (ParameterAxis(name="lr", log=True), -2.0, "0.01"),
        (ParameterAxis(name="net", listed=("small", "large")), 1.0, "large"),
        (ParameterAxis(name="x"), 0.25, "0.25"),
    ],
)
def test_a_place_is_told_as_the_value_there(axis: ParameterAxis, place: float, told: str) -> None:
    assert axis.told(place) == told
