"""What a class or a function says of itself."""

from typing import Any

import pytest

from orchestrator.study.edges.task_source import find_task
from orchestrator.study.parameters import handed
from tests.study.edges.task_module_fixture import TRAINER, error_of


@pytest.mark.parametrize("task_module", [TRAINER], indirect=True)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Trainer", (4, ("json",), ["3 of 0.1"], 3)),
        ("Trainer.fit", (4, ("json",), ["3 of 0.1"], 3)),
        ("Still", (2, (), ["all"], 7)),
    ],
)
def test_a_class_speaks_for_itself_and_the_module_for_the_rest(
    task_module: str, name: str, said: Any
) -> None:
    task = find_task(f"{task_module}.{name}")
    params = handed(task, {})
    assert task.missing is not None
    assert task.disk is not None

    assert (task.version, task.preload, task.missing(params, None), task.disk(params)) == said


OWN = """
VERSION = 2
def one(params: Data, context): return {}
def two(params: Data, context): return {}
one.VERSION = 5
one.disk = lambda params: 8
"""


@pytest.mark.parametrize("task_module", [OWN], indirect=True)
def test_a_function_may_have_a_version_of_its_own(task_module: str) -> None:
    assert [find_task(f"{task_module}.{name}").version for name in ("one", "two")] == [5, 2]


@pytest.mark.parametrize(
    "task_module", ["class T:\n    disk = 5\n    def run(self, params: Data, context): pass"], indirect=True
)
def test_what_a_class_says_of_itself_is_checked(task_module: str) -> None:
    assert f"`{task_module}.T.disk` is no function" in str(error_of(f"{task_module}.T"))
