import math
from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.messages.problems import Keys, Problems
from orchestrator.study.objective import Objective
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.study_file import StageEntry, StudyFile, checked

GOOD = {"study": "s", "axes": {"lr": [1]}, "stages": {"a": {"task": "t"}, "b": {"task": "t"}}}
MINIMIZE = {"minimize": "loss"}


def check(**changes: Any) -> tuple[StudyFile | None, frozenset[Keys], list[str]]:
    """Return what is left of a good file after these changes, what was left out, and what was told."""
    problems = Problems(lambda _: "")
    file, broken = checked({**GOOD, **changes}, problems)
    return file, broken, [problem.path for problem in problems.found]


def test_a_good_file_is_kept_whole() -> None:
    assert check()[1:] == (frozenset(), [])


@pytest.mark.parametrize(
    ("changes", "broken", "told"),
    [
        ({"reprot": "x"}, ("reprot",), "reprot"),
        ({"axes": {"lr": []}}, ("axes", "lr"), "axes.lr"),
        ({"stages": {"a": {"task": 1}, "b": {"task": "t"}}}, ("stages", "a"), "stages.a.task"),
        ({"stages": {"a": {"task": "t", "ovr": []}}}, ("stages", "a", "ovr"), "stages.a.ovr"),
        (
            {"stages": {"a": {"task": "t", "keep": ["all"]}, "b": {"task": "t"}}},
            ("stages", "a"),
            "stages.a.keep[0]",
        ),
        (
            {"stages": {"a": {"task": "t", "keep": "work"}, "b": {"task": "t"}}},
            ("stages", "a"),
            "stages.a.keep",
        ),
        ({"study": "a/b"}, ("study",), "study"),
        ({"code": {"largest_file": "much"}}, ("code",), "code.largest_file"),
    ],
    ids=str,
)
def test_a_wrong_part_is_left_out_and_told(changes: dict[str, Any], broken: Keys, told: str) -> None:
    file, left_out, paths = check(**changes)

    assert file is not None
    assert (left_out, paths) == ({broken}, [told])


@pytest.mark.parametrize("stages", [{}, {"a": {}}, []], ids=str)
def test_without_a_whole_stage_there_is_no_file(stages: Any) -> None:
    assert check(stages=stages)[0] is None


def test_the_given_values_stay_as_they_are() -> None:
    given = {"study": "s", "stages": {"a": {"task": "t"}, "b": {}}}
    checked(given, Problems(lambda _: ""))

    assert given["stages"] == {"a": {"task": "t"}, "b": {}}


@pytest.mark.parametrize(("given", "megabytes"), [({}, 10), ({"largest_file": "2GB"}, 2048)], ids=str)
def test_files_up_to_a_size_are_part_of_the_code(given: dict[str, str], megabytes: int) -> None:
    file, _, _ = check(code=given)

    assert file is not None
    assert file.code.largest_file == megabytes


def test_a_need_may_be_a_stage_alone() -> None:
    assert StageEntry.model_validate({"task": "t", "needs": {"n": "a"}}).needs["n"].stage == "a"


@pytest.mark.parametrize(
    ("objective", "better"), [({"minimize": "m"}, 1.0), ({"maximize": "m"}, 2.0)], ids=str
)
def test_an_objective_says_which_value_is_better(objective: dict[str, str], better: float) -> None:
    assert min(1.0, 2.0, key=Objective.model_validate(objective).key) == better


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        (Objective, {}, "give exactly one of"),
        (Objective, {"minimize": "a", "maximize": "b"}, "give exactly one of"),
        (Range, {"low": 2, "high": 1}, r"low \(2.*\) must be below high \(1.*\)"),
        (Range, {"low": 0, "high": 1, "log": True}, "a log range needs low > 0"),
        (Range, {"low": 1, "high": 2, "log": True, "step": 1}, "a log range cannot have a step"),
        (Range, {"low": 1, "high": 2, "step": 0}, "a step is above 0, not 0"),
        (Range, {"low": 1, "high": 2, "step": -1.5}, r"a step is above 0, not -1\.5"),
        (Range, {"low": -1e308, "high": 1e308}, "must be a number between"),
        (Range, {"low": 0, "high": 5e-324}, "are too near to each other"),
        (Range, {"low": 0, "high": 10**400}, "must be a number between"),
        (Range, {"low": math.nan, "high": 1}, "low must be a number between"),
        (Range, {"low": 0, "high": math.inf}, "high must be a number between"),
        (Range, {"low": 0, "high": 1, "step": math.nan}, "step must be a number between"),
        (Search, {"space": {"lr": [1]}, "objective": MINIMIZE}, "`trials` is missing"),
        (
            Search,
            {"sampler": "grid", "space": {"lr": {"low": 1, "high": 2}}, "objective": MINIMIZE},
            "a grid needs lists, but `lr` is a range",
        ),
        (
            Search,
            {"sampler": "grid", "trials": 3, "space": {"lr": [1]}, "objective": MINIMIZE},
            "leave `trials` out",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(model: Any, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        model.model_validate(given)
