"""What every task module promises."""

import importlib
import inspect
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel, ValidationError

NAMES = ("gender", "encode", "segment", "mean_mask", "mininet", "synthetic_data")
WITH_DATASETS = tuple(name for name in NAMES if name != "synthetic_data")


@pytest.fixture(params=NAMES)
def task(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(f"tasks.{request.param}")


def test_list_is_complete() -> None:
    files = (Path(__file__).parents[2] / "tasks").glob("*.py")
    assert {file.stem for file in files} - {"__init__"} == set(NAMES)


def test_version_is_a_positive_number(task: ModuleType) -> None:
    assert task.VERSION >= 1


def test_preloaded_modules_exist(task: ModuleType) -> None:
    assert all(find_spec(name) for name in task.PRELOAD)


def test_defaults_are_valid(task: ModuleType) -> None:
    assert isinstance(task.Params(), BaseModel)


def test_unknown_parameter_is_refused(task: ModuleType) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        task.Params(no_such_parameter=1)


def test_parameters_do_not_change(task: ModuleType) -> None:
    given = task.Params()
    with pytest.raises(ValidationError, match="frozen"):
        setattr(given, next(iter(task.Params.model_fields)), None)


def test_run_takes_parameters_and_context(task: ModuleType) -> None:
    assert list(inspect.signature(task.run).parameters) == ["params", "context"]


@pytest.mark.parametrize("name", WITH_DATASETS)
def test_missing_dataset_is_named(name: str, tmp_path: Path) -> None:
    task = importlib.import_module(f"tasks.{name}")
    assert f"`{tmp_path}" in task.missing(task.Params(), tmp_path)[0]


@pytest.mark.parametrize("name", ["segment", "mean_mask", "mininet"])
def test_dataset_of_another_trial_is_not_looked_for(name: str) -> None:
    task = importlib.import_module(f"tasks.{name}")
    assert task.missing(task.Params(), None) == []


@pytest.mark.parametrize("name", ["gender", "encode"])
def test_absent_weights_are_named(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    task = importlib.import_module(f"tasks.{name}")
    assert "vgg16-397923af.pth" in task.missing(task.Params(), None)[0]


def test_gender_tuned_encoder_needs_no_weight_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    task = importlib.import_module("tasks.encode")
    assert task.missing(task.Params(pretrain="gender"), None) == []


def test_importing_the_tasks_imports_nothing_heavy() -> None:
    lines = [f"import tasks.{name}" for name in NAMES]
    heavy = "{'torch', 'torchvision', 'pandas', 'matplotlib', 'scipy', 'safetensors'}"
    code = "\n".join([*lines, "import sys", f"print(sorted({heavy} & set(sys.modules)))"])
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
