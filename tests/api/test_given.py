import enum
import inspect
import math
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from orchestrator.api.given import given_study, plain_value
from orchestrator.messages.errors import StudyFileError, UserError
from tests import toy_tasks

HERE = Path("/project")


class Net(str, enum.Enum):  # noqa: UP042 - as people still write it
    SMALL = "small"


def data_of(keys: Mapping[str, object]) -> dict[str, Any]:
    given = given_study({"study": "toy", **keys}, HERE)
    assert not given.problems
    return given.document.data


def told(keys: Mapping[str, object]) -> str:
    return "\n".join(map(str, given_study({"study": "toy", **keys}, HERE).problems))


def stage(task: object) -> dict[str, object]:
    return {"stages": {"train": {"task": task}}}


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ((1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        (np.arange(2), [0, 1]),
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (Net.SMALL, "small"),
        (Path("a/b"), "a/b"),
        (types.MappingProxyType({"a": (1,)}), {"a": [1]}),
    ],
)
def test_a_value_is_what_a_file_would_say(value: object, held: object) -> None:
    found = data_of({"axes": {"lr": [value]}})["axes"]["lr"][0]

    assert (found, type(found)) == (held, type(held))


def test_what_is_none_at_the_top_is_not_given() -> None:
    assert data_of({"axes": None}) == {"study": "toy"}


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("toy.train", "toy.train"),
        (toy_tasks.train, "tests.toy_tasks.train"),
        (toy_tasks, "tests.toy_tasks"),
    ],
)
def test_a_task_is_named_by_text_function_or_module(task: object, name: str) -> None:
    assert data_of(stage(task))["stages"]["train"]["task"] == name


def test_the_function_run_is_named_by_its_module_as_in_files(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("own_tasks")

    def run() -> None: ...

    run.__module__, run.__qualname__ = "own_tasks", "run"
    module.run = run  # type: ignore[attr-defined]  # as its text would say
    monkeypatch.setitem(sys.modules, "own_tasks", module)

    assert data_of(stage(run))["stages"]["train"]["task"] == "own_tasks"


def test_a_function_of_a_notebook_is_told_what_to_write_instead() -> None:
    def train() -> None: ...

    train.__module__, train.__qualname__ = "__main__", "train"

    assert told(stage(train)) == (
        "stages.train.task: `train` is defined in a notebook or in the running program, where no worker can "
        "import it\n    hint: write it into a module beside, as `my_tasks.py`, and give `task=my_tasks.train`"
    )


@pytest.mark.parametrize("task", [lambda params: params, inspect.signature(len).bind])
def test_a_function_without_a_name_at_the_top_of_a_module_is_told(task: object) -> None:
    assert "stages.train.task" in told(stage(task))
    assert "no worker can import it" in told(stage(task)) or "no name by which a worker" in told(stage(task))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object, "is of type type, which a study cannot hold"),
        ({1, 2}, "give a list, whose order is known"),
        (math.inf, "`inf` is not a finite number"),
        (np.array([math.nan]), "not a finite number"),
        ({1: 2}, "key `1` is not text"),
    ],
)
def test_what_no_file_could_say_is_told_with_its_place(value: object, words: str) -> None:
    found = told({"stages": {"train": {"task": "toy.train", "params": {"a": [value]}}}})

    assert found.startswith("stages.train.params.a[0]")
    assert words in found


def test_what_stands_inside_itself_is_told() -> None:
    inner: list[object] = []
    inner.append(inner)

    assert "stand more than 40 deep" in told({"axes": {"lr": inner}})


def test_files_are_named_from_the_present_folder() -> None:
    data = data_of({"report": ["../tables.yaml", "/a/b.yaml"], "extends": "base.yaml"})

    assert (data["report"], data["extends"]) == (["/tables.yaml", "/a/b.yaml"], "/project/base.yaml")


def test_a_text_that_no_file_may_have_is_told_without_a_line() -> None:
    with pytest.raises(StudyFileError) as raised:
        given_study({"study": "toy", "axes": {"a": ["x\x1b"]}}, HERE)

    assert raised.value.problems[0].where == ""


def test_problems_that_follow_from_others_are_not_told() -> None:
    given = given_study(stage(lambda: 0), HERE)
    follow = given_study(stage(lambda: 0), HERE).problems[0]
    other = given_study({"axes": {"lr": [object]}}, HERE).problems[0]

    assert given.with_others(StudyFileError([follow, other])).problems == (*given.problems, other)


def test_one_value_is_told_with_its_name() -> None:
    with pytest.raises(UserError, match=r"^lr: .* is of type object, which a study cannot hold"):
        plain_value(object(), "lr")


def test_the_keys_of_branches_are_values() -> None:
    search = {"space": {"layers": {1: None, 2: {"width": [8]}}}}
    data = data_of({"stages": {"train": {"task": "a.b", "search": search}}})

    assert list(data["stages"]["train"]["search"]["space"]["layers"]) == [1, 2]
