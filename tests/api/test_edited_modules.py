import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from orchestrator.api.edited_modules import check_not_edited
from orchestrator.messages.errors import UserError
from orchestrator.study.edges.task_source import Task


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the file of the module `edited_task`, which is imported and was looked at."""
    file = tmp_path / "edited_task.py"
    file.write_text("X = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("edited_task")
    check_not_edited([task()])
    yield file
    del sys.modules["edited_task"]


def task() -> Task:
    return Task(name="edited_task.train", module="edited_task", version=1, model=BaseModel, run=print)


def test_a_module_that_stayed_is_taken(module: Path) -> None:
    check_not_edited([task()])


def test_a_module_that_was_edited_is_told(module: Path) -> None:
    module.write_text("X = 1000\n")

    with pytest.raises(UserError, match="`edited_task`: edited since"):
        check_not_edited([task()])


def test_after_a_reload_it_is_taken(module: Path) -> None:
    module.write_text("X = 1000\n")
    os.utime(module, (2e9, 2e9))
    importlib.reload(sys.modules["edited_task"])

    check_not_edited([task()])
