"""Classes as tasks."""

import sys
from typing import Any

import pytest

from orchestrator.study.edges.task_source import find_task
from tests.study.edges.task_module_fixture import TRAINER, error_of, ran


@pytest.mark.parametrize("task_module", [TRAINER], indirect=True)
@pytest.mark.parametrize(
    ("name", "returned"),
    [
        ("Trainer", (3, 0.1)),
        ("Trainer.run", (3, 0.1)),
        ("Trainer.fit", "fit"),
        ("Still", "static"),
        ("Still.run", "static"),
        ("Still.score", "Still"),
    ],
)
def test_a_class_with_a_method_is_a_task(task_module: str, name: str, returned: Any) -> None:
    assert ran(find_task(f"{task_module}.{name}")) == returned


@pytest.mark.parametrize("task_module", [TRAINER], indirect=True)
def test_each_run_has_an_instance_of_its_own(task_module: str) -> None:
    task = find_task(f"{task_module}.Trainer")
    made = [sys.modules[task_module].Trainer.made for _ in range(2) if ran(task)]

    assert made == [1, 2]


@pytest.mark.parametrize(
    ("task_module", "name", "message", "hint"),
    [
        (
            "class T:\n    def __init__(self, size): pass\n    def run(self, params: Data, context): pass",
            "T",
            "`{}.T` cannot be made without arguments: missing a required argument: 'size'",
            "give `size` a default, or read it from the parameters in `run`",
        ),
        (
            "class T:\n    def fit(self, params: Data, context): pass",
            "T",
            "without a method `run`",
            "`{}.T.fit`",
        ),
        (
            "class T:\n    pass",
            "T",
            "`{}.T` is a class without a method `run`",
            "def run(self, params: Params",
        ),
        ("class T:\n    run = 3", "T", "`{}.T.run` is 3, not a function", "def run(self, params: Params"),
        (
            "class T:\n    def run(self, params: Data): pass",
            "T",
            "`run(params)` cannot be called",
            "context)",
        ),
        (
            "class T:\n    def run(self, params, context): pass",
            "T",
            "the first parameter of `{}.T.run`",
            "BaseModel",
        ),
        (
            "class T:\n    def run(self, params: Data, context): pass",
            "T.rnu",
            "without a method `rnu`",
            "`{}.T.run`",
        ),
        (
            "class T:\n    def run(self, params: Data, context): pass",
            "R.run",
            "module `{}` has no class `R`",
            "`task: {}.T`",
        ),
        (
            "import abc\nclass T(abc.ABC):\n @abc.abstractmethod\n def run(self, p: Data, context): pass",
            "T",
            "`{}.T` is abstract",
            "run",
        ),
    ],
    indirect=["task_module"],
)
def test_a_class_that_is_no_task_is_told(task_module: str, name: str, message: str, hint: str) -> None:
    error = error_of(f"{task_module}.{name}")

    assert message.format(task_module) in str(error)
    assert hint.format(task_module) in str(error.hint)
