"""Names of tasks: with dots, with a colon, and what is no name."""

import sys
from pathlib import Path

import pytest

from orchestrator.messages.errors import TaskError
from orchestrator.study.edges.task_source import find_task

TASK = "from pydantic import BaseModel\nclass P(BaseModel): pass\n"
ONE = "def {}(params: P, context): return {{}}\n"
CLASS = "class Trainer:\n    def run(self, params: P, context): return {}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a package in the current folder: a module in it, and a function of the module's name."""
    name = f"named_{tmp_path.name.removeprefix('test_')}"
    package = tmp_path / name
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text(f"{TASK}{ONE.format('train')}{ONE.format('other')}")
    (package / "train.py").write_text(f"{TASK}{ONE.format('run')}{ONE.format('score')}{CLASS}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return name


@pytest.mark.parametrize(
    ("spelled", "name", "function"),
    [
        (".train", ".train", "run"),
        (".train:score", ".train.score", "score"),
        (".train.score", ".train.score", "score"),
        (".train:run", ".train.run", "run"),
        (".train:Trainer", ".train.Trainer", "run"),
        (".train:Trainer.run", ".train.Trainer.run", "run"),
        (".train.Trainer.run", ".train.Trainer.run", "run"),
        (":other", ".other", "other"),
        (":train", ":train", "train"),
    ],
)
def test_a_colon_means_the_same_as_a_dot_unless_that_would_be_a_module(
    project: str, spelled: str, name: str, function: str
) -> None:
    task = find_task(f"{project}{spelled}")

    assert (task.name, task.run.__name__) == (f"{project}{name}", function)


@pytest.mark.parametrize("name", [":train", ".train:Trainer.run"])
def test_the_name_that_trials_have_finds_the_same(project: str, name: str) -> None:
    first = find_task(f"{project}{name}")

    assert find_task(first.name).run.__qualname__ == first.run.__qualname__


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("{}.trian:score", "no module `{}.trian`", "did you mean `{}.train`?"),
        ("{}.train:scroe", "module `{}.train` has no function `scroe`", "did you mean `score`?"),
        (
            "{}.train:Trainer.rnu",
            "`{}.train.Trainer` is a class without",
            "did you mean `{}.train.Trainer.run`?",
        ),
        ("{}.train:score.run", "`{}.train.score` is no class", "write `task: {}.train.score`"),
        ("{}.train:Trainer.run.x", "goes too deep", "`module:Class.method`"),
        ("{} other", "is not the name of a module or function", "`tasks.gender`"),
        ("{}:", "is not the name of a module or function", "`tasks.gender`"),
        (":{}", "is not the name of a module or function", "`tasks.gender`"),
        ("a:b:c", "is not the name of a module or function", "`tasks.gender`"),
    ],
)
def test_a_wrong_name_with_a_colon_is_told(project: str, name: str, message: str, hint: str) -> None:
    with pytest.raises(TaskError) as caught:
        find_task(name.format(project))

    assert message.format(project) in str(caught.value)
    assert hint.format(project) in str(caught.value.hint)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("train.py", "write `task: train`, or `command: python train.py` in place of `task:` for a script"),
        ("./train.py", "write `task: train`, or `command: python train.py`"),
        ("./tasks/train.py", "write `task: tasks.train`, or `command: python tasks/train.py`"),
        ("tasks/train", "write `task: tasks.train`, or `command: python tasks/train.py`"),
        ("tasks/train.py:fit", "write `task: tasks.train:fit`, or `command: python tasks/train.py`"),
        ("train.py:fit", "write `task: train:fit`, or `command: python train.py`"),
        ("my-train.py", "write `command: python my-train.py` in place of `task:`, or name a module"),
        ("../train.py", "write `command: python ../train.py` in place of `task:`, or name a module"),
        ("/home/me/train.py", "write `command: python /home/me/train.py` in place of `task:`"),
        ("scripts/train.sh", "write `command: bash scripts/train.sh` in place of `task:`"),
    ],
)
def test_a_file_is_no_name_and_what_to_write_instead_is_told(name: str, hint: str) -> None:
    with pytest.raises(TaskError, match="is a file, and a task is a function in a module") as caught:
        find_task(name)

    assert str(caught.value.hint).startswith(hint)


@pytest.mark.parametrize("name", ["python train.py --lr 0.1", "./run.sh 3"])
def test_a_command_is_no_name_and_what_to_write_instead_is_told(name: str) -> None:
    with pytest.raises(TaskError, match="is a command, and a task is a function in a module") as caught:
        find_task(name)

    assert caught.value.hint == f"write `command: {name}` in place of `task:`"
