"""Starting and stopping programs by what is written down about them."""

import os
import pwd
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from slurm.dev_config import Layout
from slurm.dev_daemons import ClusterError, Daemon, pid_of, start, started_at, stop


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    for name in ("log", "pid"):
        (tmp_path / name).mkdir()
    return Layout(tmp_path)


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def daemon(listens: int | Path, *command: str) -> Daemon:
    return Daemon("sleeper", pwd.getpwuid(os.geteuid()).pw_name, listens, command)


def test_living_process_is_found(layout: Layout) -> None:
    layout.pid("sleeper").write_text(f"{os.getpid()} {started_at(os.getpid())}\n")

    assert pid_of(layout, "sleeper") == os.getpid()


def test_number_used_by_another_process_is_not_taken_for_ours(layout: Layout) -> None:
    layout.pid("sleeper").write_text(f"{os.getpid()} 1\n")

    assert pid_of(layout, "sleeper") is None


def test_torn_pid_file_counts_as_none(layout: Layout) -> None:
    layout.pid("sleeper").write_text("12")

    assert pid_of(layout, "sleeper") is None


def test_stop_of_a_stale_pid_removes_the_file(layout: Layout) -> None:
    layout.pid("sleeper").write_text(f"{os.getpid()} 1\n")

    assert (stop(layout, "sleeper"), layout.pid("sleeper").exists()) == (False, False)


def test_port_of_another_program_is_named(layout: Layout, busy_port: int) -> None:
    with pytest.raises(ClusterError, match=f"`{busy_port}`.* is taken by another program"):
        start(layout, daemon(busy_port, "sleep", "60"))


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root may start a program as a given user")
def test_program_that_ends_is_reported_with_its_log(layout: Layout) -> None:
    with pytest.raises(ClusterError, match=r"(?s)`sleeper` does not answer.*no such luck"):
        start(layout, daemon(layout.folder / "socket", "sh", "-c", "echo no such luck"))


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root may start a program as a given user")
def test_stop_ends_what_start_began(layout: Layout) -> None:
    with pytest.raises(ClusterError):
        start(layout, daemon(layout.folder / "socket", "sleep", "60"), timeout=0.2)

    assert stop(layout, "sleeper")
