import os
import signal
import sys
from pathlib import Path

from orchestrator.engine.edges.command_program import Program, newest


def program(script: str, *words: str) -> Program:
    return Program([sys.executable, "-c", script, *words], os.environ)


def test_a_program_that_ends_gives_its_exit_code() -> None:
    assert program("raise SystemExit(3)").wait(60) == 3


def test_a_program_that_goes_on_gives_none() -> None:
    waiting = program("import time; time.sleep(600)")

    assert waiting.wait(0.05) is None
    waiting.tell(signal.SIGTERM)
    assert waiting.wait(60) == -signal.SIGTERM


def test_a_program_ignores_what_slurm_sends_to_all_processes_of_a_worker() -> None:
    ends_itself = program("import os, signal; os.kill(os.getpid(), signal.SIGUSR2)")

    assert ends_itself.wait(60) == 0


def test_a_program_that_is_told_so_does_not() -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGUSR2)"
    ends_itself = Program([sys.executable, "-c", script], os.environ, signal.SIGUSR2)

    assert ends_itself.wait(60) == -signal.SIGUSR2


def test_a_folder_is_as_new_as_its_newest_file(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/file").touch()
    os.utime(tmp_path / "inner/file", ns=(5, 5))

    assert newest(tmp_path) == 5


def test_an_empty_folder_has_nothing_new(tmp_path: Path) -> None:
    assert newest(tmp_path) == 0
