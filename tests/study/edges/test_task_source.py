import sys
from pathlib import Path

import pytest

from orchestrator.messages.errors import TaskError
from orchestrator.study.edges.task_source import find_task
from tests import toy_tasks

MODULE = """\
from __future__ import annotations
from typing import TYPE_CHECKING
from pydantic import BaseModel
if TYPE_CHECKING:
    from nowhere import Context
class Params(BaseModel):
    lr: float = 0.1
def run(params: Params, context: Context) -> dict[str, float]:
    return {"lr": params.lr}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def error_of(name: str) -> TaskError:
    with pytest.raises(TaskError) as caught:
        find_task(name)
    return caught.value


def test_a_function_of_a_module_is_a_task() -> None:
    task = find_task("tests.toy_tasks.train")

    assert (task.run, task.model, task.version, task.preload) == (
        toy_tasks.train,
        toy_tasks.Train,
        3,
        ("json",),
    )


def test_a_module_with_run_is_a_task(here: Path) -> None:
    (here / "lonely_task.py").write_text(MODULE, encoding="utf-8")

    task = find_task("lonely_task")

    assert (task.module, list(task.model.model_fields), task.version) == ("lonely_task", ["lr"], 1)


def test_a_module_that_goes_elsewhere_takes_nobody_along(here: Path) -> None:
    (here / "wandering_task.py").write_text(f"{MODULE}import os\nos.chdir('/')\n", encoding="utf-8")
    find_task("wandering_task")

    assert Path.cwd() == here


def test_a_task_says_what_it_misses(tmp_path: Path) -> None:
    task = find_task("tests.toy_tasks.train")

    assert task.missing is not None
    assert "no folder" in task.missing(task.model(), tmp_path / "not there")[0]


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("tests.toy_task.train", "no module `tests.toy_task.train`", "did you mean `tests.toy_tasks`?"),
        ("tests.toy_tasks.trian", "no function `trian`", "did you mean `train`?"),
        (
            "tasks.segment.rnu",
            "no module or function `tasks.segment.rnu`",
            "did you mean `tasks.segment.run`?",
        ),
        (
            "tests.toy_tasks",
            "no function `run`",
            "its tasks: `tests.toy_tasks.score`, `tests.toy_tasks.train`",
        ),
        ("tests.toy_tasks.untyped", "annotated with a pydantic model", "class Params(BaseModel)"),
        ("not a name", "is not the name of a module", "tasks.gender"),
        ("", "is not the name of a module", "tasks.gender"),
    ],
)
def test_what_cannot_be_found_is_told(name: str, message: str, hint: str) -> None:
    error = error_of(name)

    assert message in str(error)
    assert hint in str(error.hint)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\nimport not_installed_anywhere\n", "ModuleNotFoundError: No module named"),
        ("x = 1\n1 / 0\n", "ZeroDivisionError: division by zero"),
        ("x = 1\nraise ValueError('no')\n", "ValueError: no"),
    ],
)
def test_a_module_that_fails_to_import_is_told_with_the_line(here: Path, text: str, message: str) -> None:
    name = f"failing_{abs(hash(text))}"
    (here / f"{name}.py").write_text(text, encoding="utf-8")

    error = str(error_of(name))

    assert message in error
    assert f"({here / name}.py:2)" in error


def test_a_module_that_is_no_python_is_told_with_the_line(here: Path) -> None:
    (here / "unfinished_task.py").write_text("x = 1\ndef (\n", encoding="utf-8")

    assert "SyntaxError: invalid syntax (unfinished_task.py, line 2)" in str(error_of("unfinished_task"))


def test_a_version_is_a_whole_number(here: Path) -> None:
    (here / "versioned_task.py").write_text(f"{MODULE}VERSION = 'two'\n", encoding="utf-8")

    assert "`versioned_task.VERSION` is `two`" in str(error_of("versioned_task"))


PARAMS = "import functools\nfrom pydantic import BaseModel\nclass Params(BaseModel):\n    lr: float = 0.1\n"

DECORATED = """
def same(f):
    return functools.wraps(f)(lambda *given: f(*given))
@same
def run(params: Params, context): return {}
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("async def run(params: Params, context): return {}", "`{}.run` is an async function"),
        ("async def run(params: Params, context): yield {}", "`{}.run` is an async function"),
        ("def run(params: Params, context): yield {}", "`{}.run` is a generator"),
        ("class run:\n    def __init__(self, params: Params, context): pass", "`{}.run` is a class"),
        ("run = 3", "`{}.run` is 3"),
        ("def run(): return {}", "`run()` cannot be called with parameters and a context: too many"),
        (
            "def run(params: Params): return {}",
            "`run(params)` cannot be called with parameters and a context",
        ),
        (
            "def run(params: Params, context, model): return {}",
            "cannot be called with parameters and a context: missing a required argument: 'model'",
        ),
        ("def run(params: Params, *, context): return {}", "`run(params, *, context)` cannot be called"),
        ("def run(*, params: Params, context): return {}", "`run(*, params, context)` cannot be called"),
        (
            "def run(context, params: Params): return {}",
            "`run(context, params)` takes its parameters second, not first",
        ),
        (
            "def run(*args): return {}",
            "the first parameter of `{}.run` is not annotated with a pydantic model",
        ),
    ],
)
def test_what_only_looks_like_a_task_is_told(
    here: Path, text: str, message: str, request: pytest.FixtureRequest
) -> None:
    name = f"odd_{request.node.callspec.indices['text']}"
    (here / f"{name}.py").write_text(f"{PARAMS}{text}\n", encoding="utf-8")
    error = error_of(name)

    assert message.format(name) in str(error)
    assert "def run(params: Params, context) -> dict[str, float]" in str(error.hint)


@pytest.mark.parametrize(
    "text",
    [
        "def run(params: Params, context, verbose=False): return {}",
        "def run(params: Params, *rest): return {}",
        "def run(params: Params, /, context): return {}",
        "def whole(size, params: Params, context): return {}\nrun = functools.partial(whole, 3)",
        "class Run:\n    def __call__(self, params: Params, context): return {}\nrun = Run()",
        DECORATED,
    ],
)
def test_what_can_be_called_is_a_task(here: Path, text: str, request: pytest.FixtureRequest) -> None:
    name = f"callable_{request.node.callspec.indices['text']}"
    (here / f"{name}.py").write_text(f"{PARAMS}{text}\n", encoding="utf-8")

    assert find_task(name).model.__name__ == "Params"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("VERSION = True", "`{}.VERSION` is `true`", "`VERSION = 1`"),
        ("PRELOAD = 'torch'", "`{}.PRELOAD` is `torch`", '`PRELOAD = ("torch",)`'),
        ("PRELOAD = (1,)", "`{}.PRELOAD` is `[1]`", '`PRELOAD = ("torch",)`'),
        ("PRELOAD = None", "`{}.PRELOAD` is `null`", '`PRELOAD = ("torch",)`'),
        ("def missing(params, data): yield 'x'", "`{}.missing` is a generator", "`list[str]`"),
        ("missing = []", "`{}.missing` is no function", "`def missing(params, data) -> list[str]`"),
        ("disk = 5", "`{}.disk` is no function", "`def disk(params) -> int`"),
        ("disk = int", "`{}.disk` is no function", "`def disk(params) -> int`"),
        ("def disk(params): yield 5", "`{}.disk` is a generator", "`def disk(params) -> int`"),
        ("async def disk(params): return 5", "`{}.disk` is an async function", "`def disk(params) -> int`"),
    ],
)
def test_what_a_module_says_of_its_tasks_is_checked(
    here: Path, text: str, message: str, hint: str, request: pytest.FixtureRequest
) -> None:
    name = f"saying_{request.node.callspec.indices['text']}"
    (here / f"{name}.py").write_text(f"{MODULE}{text}\n", encoding="utf-8")
    error = error_of(name)

    assert message.format(name) in str(error)
    assert hint in str(error.hint)


SCRIPT = "import argparse\ndef main(): pass\nif __name__ == '__main__':\n    main()\n"
LONE = f"{PARAMS}def fit(params: Params, context): return {{}}\ndef helper(x): return x\n"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (LONE, "write `task: {}.fit`"),
        (
            f"{LONE}class Trainer:\n    def run(self, params: Params, context): pass\n",
            "`{0}.Trainer`, `{0}.fit`",
        ),
        (SCRIPT, "write `command: python {}.py` in place of `task:` for a script"),
        (f"{PARAMS}def other(x): pass\n", "write `def run(params: Params, context) -> dict[str, float]`"),
    ],
)
def test_a_module_without_run_is_told_with_what_is_in_it(
    here: Path, text: str, hint: str, request: pytest.FixtureRequest
) -> None:
    name = f"without_{request.node.callspec.indices['text']}"
    (here / f"{name}.py").write_text(text, encoding="utf-8")
    error = error_of(name)

    assert f"module `{name}` has no function `run`" in str(error)
    assert hint.format(name) in str(error.hint)


def test_a_script_that_ends_the_program_is_told_as_a_command(here: Path) -> None:
    (here / "ending_script.py").write_text("import sys\nsys.exit(2)\n", encoding="utf-8")

    assert "`command: python ending_script.py` in place of `task:`" in str(error_of("ending_script").hint)


def test_a_function_of_a_script_that_is_no_task_is_told_as_a_command(here: Path) -> None:
    (here / "plain_script.py").write_text(SCRIPT, encoding="utf-8")
    error = error_of("plain_script.main")

    assert "`main()` cannot be called with parameters and a context" in str(error)
    assert str(error.hint).endswith(
        "; for a script write `command: python plain_script.py` in place of `task:`"
    )
