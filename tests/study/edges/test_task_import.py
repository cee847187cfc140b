"""What modules of tasks do while they are imported, and what becomes of it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from orchestrator.messages.errors import TaskError
from orchestrator.study.edges.task_import import imported, left_running
from tests.toy_fixture import TASK, Toy

PRINTS = """
import os
print("from Python")
os.write(1, b"from a system call\\n")
os.system("echo from a program")
"""
THREAD = """
import threading
going = threading.Event()
thread = threading.Thread(target=going.wait, name="waits")
thread.start()
"""

POOL = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
pool.submit(int).result()
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that modules are imported from."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def told(here: Path, name: str, text: str) -> TaskError:
    """Return what is said of a module."""
    (here / f"{name}.py").write_text(text, encoding="utf-8")
    with pytest.raises(TaskError) as caught:
        imported(name)
    return caught.value


def test_a_module_that_there_is_not_is_none() -> None:
    assert imported("nowhere_to_be_found") is None


def test_a_module_that_ends_the_program_is_told_with_the_line(here: Path) -> None:
    error = told(here, "ending_task", "import sys\nsys.exit(3)\n")

    assert str(error) == (
        f"module `ending_task` ends the program while it is imported ({here / 'ending_task.py'}:2)"
    )
    assert '`if __name__ == "__main__":`' in str(error.hint)


def test_the_module_is_named_and_not_the_function_in_it(here: Path) -> None:
    (here / "outer_task.py").write_text("import sys\nsys.exit()\n", encoding="utf-8")

    with pytest.raises(TaskError, match="module `outer_task` ends"):
        imported("outer_task.train")


def test_a_module_that_reads_the_command_line_is_told_at_its_own_line(here: Path) -> None:
    text = "import argparse\np = argparse.ArgumentParser()\np.add_argument('lr')\np.parse_args()\n"

    assert str(told(here, "asking_task", text)).endswith(f"({here / 'asking_task.py'}:4)")


def test_a_module_never_sees_our_command_line(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["orchestrator", "submit", "study.yaml"])
    (here / "curious_task.py").write_text("import sys\nseen = list(sys.argv)\n", encoding="utf-8")

    assert vars(imported("curious_task") or os)["seen"] == ["orchestrator"]
    assert sys.argv == ["orchestrator", "submit", "study.yaml"]


def test_a_module_that_is_interrupted_ends_the_program(here: Path) -> None:
    (here / "interrupted_task.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")

    with pytest.raises(KeyboardInterrupt):
        imported("interrupted_task")


def test_an_error_that_ends_programs_is_told(here: Path) -> None:
    error = told(here, "leaving_task", "class Leave(BaseException): pass\nraise Leave('no')\n")

    assert "module `leaving_task` cannot be imported: Leave: no" in str(error)


def test_what_a_module_prints_is_talk(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "printing_task.py").write_text(PRINTS, encoding="utf-8")
    imported("printing_task")
    print("data")
    out, err = capfd.readouterr()

    assert out == "data\n"
    assert {"from Python", "from a system call", "from a program"} <= set(err.splitlines())


def test_a_module_is_imported_where_standard_output_is_closed(here: Path) -> None:
    (here / "silent_task.py").write_text("print('x')\n", encoding="utf-8")
    program = "from orchestrator.study.edges.task_import import imported; imported('silent_task').__name__"

    done = subprocess.run(
        ["sh", "-c", f'exec "{sys.executable}" -c "{program}" >&-'],
        env={**os.environ, "PYTHONPATH": f"{here}:{Path.cwd()}"},
        check=False,
    )

    assert done.returncode == 0


def test_a_thread_that_would_keep_programs_from_ending_is_told(here: Path) -> None:
    error = told(here, "lasting_task", THREAD)
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "waits"]

    assert left_running() == [thread]
    assert str(error).startswith("module `lasting_task` starts the thread `waits` while it is imported")
    vars(sys.modules["lasting_task"])["going"].set()


@pytest.mark.parametrize(
    "text",
    [
        THREAD.replace("going.wait", "int"),
        THREAD.replace('name="waits"', "daemon=True"),
        POOL,
    ],
    ids=["short", "daemon", "pool"],
)
def test_other_threads_are_fine(here: Path, text: str, request: pytest.FixtureRequest) -> None:
    name = f"threads_{request.node.callspec.id}_task"
    (here / f"{name}.py").write_text(text, encoding="utf-8")

    assert imported(name) is not None


def test_a_command_ends_though_a_thread_goes_on(toy: Toy) -> None:
    (toy.folder / "toy.py").write_text(THREAD + TASK, encoding="utf-8")
    toy.study("study: s\nstages:\n  a: {task: toy.train}\n")

    assert "starts the thread `waits`" in toy.type("plan", "study.yaml", code=2).stderr


def test_what_tasks_print_is_not_among_the_data_of_a_plan(toy: Toy) -> None:
    loud = "\ndef missing(params, data):\n    print('looking')\n    return []\n"
    (toy.folder / "toy.py").write_text(PRINTS + TASK + loud, encoding="utf-8")
    toy.study("study: s\nstages:\n  a: {task: toy.train}\n")

    assert toy.json("plan", "study.yaml")["planned"] == 1
