import pytest

from orchestrator.report.two_studies.study_changes import StudyChange, study_changes
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge
from tests.study.test_plan import SEARCH, stage, study

ONE = stage("a", {"lr": 0.1}, {"lr": 0.2})


def told(one: StudyChange) -> tuple[str, str, str]:
    return one.what, one.before, one.after


def test_equal_studies_differ_in_nothing() -> None:
    assert study_changes(study(ONE), study(ONE)) == []


def test_an_axis_is_told_with_its_values_and_not_as_a_parameter_too() -> None:
    other = stage("a", {"lr": 0.1}, {"lr": 0.3})

    assert [told(one) for one in study_changes(study(ONE), study(other))] == [
        ("axis lr", "0.1, 0.2", "0.1, 0.3")
    ]


def test_a_parameter_that_one_of_them_lacks_has_a_dash() -> None:
    points = tuple(point.model_copy(update={"params": {**point.params, "k": 1}}) for point in ONE.points)
    other = ONE.model_copy(update={"points": points})

    assert told(study_changes(study(ONE), study(other))[0]) == ("parameter k", "—", "1")


def test_the_middle_of_many_values_is_left_out() -> None:
    many = stage("a", *({"lr": value} for value in range(20)))

    assert study_changes(study(ONE), study(many))[0].after == (
        "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … 19 (20 values)"
    )


def test_a_stage_of_one_study_is_told_with_its_trials() -> None:
    (change,) = study_changes(study(ONE), study(ONE, stage("b", {}, search=SEARCH)))

    assert (change.where, told(change)) == ("b", ("stage", "—", "2 trials of t"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"task": "u"}, ("task", "t", "u")),
        ({"version": 2}, ("version of the task", "1", "2")),
        ({"shape": Shape(cpus=4)}, ("shape", "default", "cpus: 4")),
        ({"needs": (Edge(name="n", stage="z", where={"d": 1}),)}, ("need n", "—", "z where: {d: 1}")),
    ],
)
def test_whatever_a_stage_says_is_compared(changed: dict[str, object], expected: tuple[str, ...]) -> None:
    (change,) = study_changes(study(ONE), study(ONE.model_copy(update=changed)))

    assert told(change) == expected


def test_a_search_is_told_with_what_it_says() -> None:
    first, second = (stage("a", {}, search=SEARCH.model_copy(update={"trials": n})) for n in (2, 3))
    (change,) = study_changes(study(first), study(second))

    assert change.what == "search"
    assert "trials: 3" in change.after
