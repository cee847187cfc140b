import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from benchmarks.measuring import Family, Measured, measure, must
from tests.waiting import wait

HOLDING = """
import pathlib, subprocess, sys, time
held = [subprocess.Popen([sys.executable, "-c", '''
import pathlib, sys, time
held = bytearray(60 * 1024**2)
pathlib.Path(sys.argv[1]).touch()
while not pathlib.Path("go").exists():
    time.sleep(0.02)
''', name]) for name in ("a", "b")]
sys.exit(max(one.wait() for one in held) or 3)
"""


def test_what_a_program_has_started_counts_all_together(tmp_path: Path) -> None:
    seen: list[bool] = []

    def let_go(_: object) -> None:
        seen.append((tmp_path / "a").exists() and (tmp_path / "b").exists())
        if any(seen[:-1]):  # then both were held when memory was looked at
            (tmp_path / "go").touch()

    measured = measure([sys.executable, "-c", HOLDING], tmp_path, os.environ, let_go)

    assert measured.code == 3
    assert 120 < measured.megabytes < 180


def test_what_outlives_its_parent_stays_in_the_family() -> None:
    parent = subprocess.Popen(
        ["sh", "-c", "sleep 1000 & read line"], stdin=subprocess.PIPE, start_new_session=True
    )
    wait(lambda: [one.name() for one in psutil.Process(parent.pid).children()] == ["sleep"])
    (child,) = psutil.Process(parent.pid).children()
    family = Family(parent.pid)
    family.look()
    parent.communicate(b"\n")
    family.most = 0
    family.look()
    child.kill()

    assert family.most > 0


def test_what_is_measured_ends_with_the_benchmark(tmp_path: Path) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def interrupt(program: subprocess.Popen[bytes]) -> None:
        started.append(program)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(["sleep", "1000"], tmp_path, os.environ, interrupt)

    assert started[0].returncode == -signal.SIGTERM


def test_what_was_said_is_kept(tmp_path: Path) -> None:
    measured = measure(["sh", "-c", "echo data; echo talk >&2"], tmp_path, os.environ)

    assert (measured.out, measured.err) == ("data\n", "talk\n")


def test_a_benchmark_ends_with_what_the_program_said() -> None:
    with pytest.raises(SystemExit, match="no such study"):
        must(Measured(seconds=1, megabytes=1, code=2, out="", err="no such study"))
