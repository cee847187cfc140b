import pytest

from orchestrator.study.other_values import as_axis, as_space, meant, other_keys


@pytest.mark.parametrize(
    ("given", "axis"),
    [
        ("range(3)", [0, 1, 2]),
        ("range(0, 100, 5)", {"from": 0, "to": 95, "step": 5}),
        ("np.linspace(0, 1, 11)", {"from": 0, "to": 1, "num": 11}),
        ("tune.loguniform(1e-4, 1)", {"from": 0.0001, "to": 1, "num": 5, "log": True}),
        ("choice('adam', sgd)", ["adam", "sgd"]),
        ("0..3", [0, 1, 2, 3]),
        ("adam, sgd", ["adam", "sgd"]),
        ({"min": 1, "max": 2}, {"from": 1, "to": 2, "num": 5}),
        ({"min": 1, "max": 3, "num": 3}, {"from": 1, "to": 3, "num": 3}),
        ({"start": 1, "stop": 3, "step": 1}, {"from": 1, "to": 3, "step": 1}),
    ],
)
def test_values_of_other_tools_are_an_axis(given: object, axis: object) -> None:
    found = meant(given)

    assert found is not None
    assert as_axis(found) == axis


def test_an_interval_of_another_tool_is_a_space() -> None:
    found = meant({"distribution": "log_uniform_values", "min": 1, "max": 2})

    assert found is not None
    assert as_space(found) == {"low": 1, "high": 2, "log": True}


def test_an_interval_with_a_step_is_a_space_with_one() -> None:
    found = meant({"min": 1, "max": 9, "step": 2})

    assert found is not None
    assert as_space(found) == {"low": 1, "high": 9, "step": 2}


@pytest.mark.parametrize(
    "given",
    [
        "adam",
        "f(1, 2)",
        "range(a)",
        "range(0)",
        "range(1, 2, 0)",
        "range(9999999999)",
        "uniform(2, 1)",
        "uniform(1)",
        "linspace(0, 1, 0)",
        "0-9999999999",
        "a,,b",
        {"min": 1},
        {"min": "a", "max": "b"},
        {"distribution": "log_uniform", "min": -9, "max": -1},
        3,
        None,
    ],
    ids=str,
)
def test_what_no_tool_writes_means_nothing(given: object) -> None:
    assert meant(given) is None


def test_records_have_names_of_their_own() -> None:
    assert not other_keys({"min": {"lr": 1}, "max": {"lr": 2}}, "axes")
