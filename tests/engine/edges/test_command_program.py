import os
import signal
import sys
from pathlib import Path

from orchestrator.engine.edges.command_program import Program, newest
from tests.waiting import wait

WRITES = """
import sys, time
with open(sys.argv[1], "wb", buffering=0) as file:
    while True:
        file.write(b"x")
        time.sleep(0.05)
"""


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


def test_a_file_that_is_being_written_is_seen(tmp_path: Path) -> None:
    writing = program(WRITES, str(tmp_path / "checkpoint.pt"))
    try:
        wait(lambda: writing.is_writing(tmp_path, "no mark"))
    finally:
        writing.tell(signal.SIGKILL)
        writing.wait(60)


def test_a_file_that_is_only_open_is_not_being_written(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("x")
    os.utime(tmp_path / "log", (1, 1))
    holding = program(
        "import sys, time; file = open(sys.argv[1], 'a'); time.sleep(600)", str(tmp_path / "log")
    )
    try:
        wait(lambda: any(each.readlink().name == "log" for each in descriptors(holding)))
        assert not holding.is_writing(tmp_path, "no mark")
    finally:
        holding.tell(signal.SIGKILL)
        holding.wait(60)


def descriptors(running: Program) -> list[Path]:
    return list(Path(f"/proc/{running.number}/fd").iterdir())


def test_a_folder_is_as_new_as_its_newest_file(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/file").touch()
    os.utime(tmp_path / "inner/file", ns=(5, 5))

    assert newest(tmp_path) == 5


def test_an_empty_folder_has_nothing_new(tmp_path: Path) -> None:
    assert newest(tmp_path) == 0
