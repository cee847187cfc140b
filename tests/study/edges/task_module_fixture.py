"""A module of a test's own that holds tasks."""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.messages.errors import TaskError
from orchestrator.study.edges.task_source import Task, find_task
from orchestrator.study.parameters import handed

if TYPE_CHECKING:
    from pathlib import Path

_numbers = itertools.count()

PARAMS = """
from __future__ import annotations
import argparse, functools
from dataclasses import dataclass
from typing import TypedDict, TYPE_CHECKING
from pydantic import BaseModel
import pydantic
if TYPE_CHECKING:
    from nowhere import Elsewhere
class Model(BaseModel):
    lr: float = 0.1
@dataclass
class Data:
    lr: float = 0.1
@pydantic.dataclasses.dataclass
class Both:
    lr: float = 0.1
class Typed(TypedDict, total=False):
    lr: float
class Plain:
    lr: float = 0.1
@dataclass
class Odd:
    plain: Plain
"""


@pytest.fixture
def task_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Return a module with the text that is given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    name = f"form_{next(_numbers)}"
    (tmp_path / f"{name}.py").write_text(f"{PARAMS}{request.param}\n", encoding="utf-8")
    return name


def ran(task: Task, **given: Any) -> Any:
    """Return what the task returns: here, what it was handed and the context."""
    return task.run(handed(task, given), "context")


def error_of(name: str) -> TaskError:
    with pytest.raises(TaskError) as caught:
        find_task(name)
    return caught.value


TRAINER = """
class Trainer:
    VERSION = 4
    PRELOAD = ("json",)
    made = 0
    def __init__(self, size=3):
        Trainer.made += 1
        self.size = size
    def run(self, params: Data, context): return self.size, params.lr
    def fit(self, params: Data, context): return "fit"
    def missing(self, params, data): return [f"{self.size} of {params.lr}"]
    def disk(self, params): return self.size
class Still:
    @staticmethod
    def run(params: Data, context): return "static"
    @classmethod
    def score(cls, params: Data, context): return cls.__name__
    @staticmethod
    def disk(params): return 7
VERSION = 2
def missing(params, data): return ["all"]
"""
