"""What every task promises."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

TASKS = Path(__file__).parents[2] / "tasks"
RINGS = {"tasks.data", "tasks.fetch", "tasks.nets", "tasks.parts", "tasks.predict", "tasks.prepare"}
FOLDERS = {"tasks": TASKS, "tasks.prepare": TASKS / "prepare"}
NAMES = [
    f"{outer}.{module.name}"
    for outer, folder in FOLDERS.items()
    for module in pkgutil.iter_modules([str(folder)])
    if f"{outer}.{module.name}" not in RINGS
]
PREPARING = [name for name in NAMES if name.startswith("tasks.prepare.")]
WITH_WEIGHTS = ["tasks.attributes", "tasks.encode", "tasks.gender", "tasks.transfer", "tasks.verification"]


def functions(name: str) -> list[str]:
    """Return the tasks of a module: its functions from parameters and a context to metrics."""
    own = inspect.getmembers(
        importlib.import_module(name),
        lambda found: inspect.isfunction(found) and found.__module__ == name,
    )
    signatures = {function: inspect.signature(found) for function, found in own}
    return [
        function
        for function, signature in signatures.items()
        if list(signature.parameters) == ["params", "context"]
        and signature.return_annotation == "dict[str, float]"
    ]


def model(name: str, function: str = "run") -> type[BaseModel]:
    """Return the parameters of a task."""
    module = importlib.import_module(name)
    annotation = inspect.signature(getattr(module, function)).parameters["params"].annotation
    found: type[BaseModel] = getattr(module, annotation)
    return found


PAGES = sorted(TASKS.glob("*/train.py"))
EVERY = pytest.mark.parametrize(
    ("name", "function"), [(name, function) for name in NAMES for function in functions(name)]
)


@pytest.fixture(params=NAMES)
def task(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def test_there_is_something_to_check() -> None:
    assert {"tasks.gender", "tasks.prepare.face_masks", "tasks.segment"} <= set(NAMES)


def test_every_task_has_a_run(task: ModuleType) -> None:
    assert "run" in functions(task.__name__)


def test_version_is_a_positive_number(task: ModuleType) -> None:
    assert task.VERSION >= 1


def test_preloaded_modules_exist(task: ModuleType) -> None:
    assert all(find_spec(name) for name in task.PRELOAD)


@EVERY
def test_defaults_are_valid(name: str, function: str) -> None:
    assert isinstance(model(name, function)(), BaseModel)


@EVERY
def test_unknown_parameter_is_refused(name: str, function: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        model(name, function).model_validate({"no_such_parameter": 1})


@EVERY
def test_parameters_do_not_change(name: str, function: str) -> None:
    assert model(name, function).model_config.get("frozen") is True


def asked(name: str) -> Callable[[Any, Path | None], list[str]]:
    found: Callable[[Any, Path | None], list[str]] = importlib.import_module(name).missing
    return found


@pytest.mark.parametrize("name", PREPARING)
def test_missing_dataset_is_named(name: str, tmp_path: Path) -> None:
    assert f"`{tmp_path}" in asked(name)(model(name)(), tmp_path)[0]


@pytest.mark.parametrize("name", PREPARING)
def test_dataset_of_another_trial_is_not_looked_for(name: str) -> None:
    assert asked(name)(model(name)(), None) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PREPARING])
def test_only_preparations_look_for_datasets(name: str, tmp_path: Path) -> None:
    module = importlib.import_module(name)
    found = asked(name)(model(name)(), tmp_path) if hasattr(module, "missing") else []
    assert not [message for message in found if message.startswith("dataset ")]


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_absent_weights_are_named(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert f"`{tmp_path}/hub/checkpoints/" in asked(name)(model(name)(), None)[0]


def test_gender_tuned_encoder_needs_no_weight_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    tuned = model("tasks.encode").model_validate({"pretrain": "gender"})
    assert asked("tasks.encode")(tuned, None) == []


def test_importing_the_tasks_imports_nothing_heavy() -> None:
    lines = [f"import {name}" for name in NAMES]
    heavy = "{'torch', 'torchvision', 'pandas', 'matplotlib', 'scipy', 'safetensors'}"
    code = "\n".join([*lines, "import sys", f"print(sorted({heavy} & set(sys.modules)))"])
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_training_has_a_page() -> None:
    assert {page.parent.name for page in PAGES} >= {"gender", "segment", "attributes", "recognition"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_imports_of_a_page_stand_at_its_top(page: Path) -> None:
    functions = [node for node in ast.walk(ast.parse(page.read_text())) if isinstance(node, ast.FunctionDef)]
    inner = [
        node
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert [node.lineno for node in inner] == []
