"""Start, watch and stop the daemons of the development cluster."""

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from slurm.dev_config import Layout

ROOT_INODE = 1
"""Of a file system in user space."""
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class ClusterError(Exception):
    """Say why the development cluster cannot do what was asked."""


@dataclass(frozen=True, slots=True)
class Mounted:
    """Say that a daemon is ready once it serves a file system at a folder, in its own mount namespace."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Daemon:
    """Describe one program that stays in the foreground; it listens on a port or a socket file, or mounts."""

    name: str
    user: str
    listens: int | Path | Mounted
    command: tuple[str, ...]


def start(layout: Layout, daemon: Daemon, *, timeout: float = 60) -> None:
    """Start `daemon` unless it runs, and wait until it listens.

    Raises ClusterError with the end of its log when it ends or stays silent for `timeout` seconds.
    """
    if pid_of(layout, daemon.name) is None:
        if is_listening(layout, daemon):
            raise ClusterError(
                f"`{daemon.listens}`, where `{daemon.name}` should listen, is taken by another program"
            )
        launch(layout, daemon)
    deadline = time.monotonic() + timeout
    while not is_listening(layout, daemon):
        if pid_of(layout, daemon.name) is None or time.monotonic() > deadline:
            raise ClusterError(
                f"`{daemon.name}` does not answer; the end of its log:\n{tail(layout, daemon.name)}"
            )
        time.sleep(0.05)


def launch(layout: Layout, daemon: Daemon) -> None:
    """Run the command of `daemon` as its user and write down its process number."""
    with layout.log(daemon.name).open("ab") as log:
        child = subprocess.Popen(
            daemon.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # a Ctrl-C at the terminal is not for the daemons
            env=environment(layout),
            user=daemon.user,
            group=daemon.user,
            extra_groups=[],
        )
    layout.pid(daemon.name).write_text(f"{child.pid} {started_at(child.pid)}\n")


def stop(layout: Layout, name: str, *, kill: bool = False, timeout: float = 20) -> bool:
    """End the daemon `name`, by SIGKILL at once or after `timeout` seconds; return whether it ran."""
    pid = pid_of(layout, name)
    if pid is not None:
        os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
        deadline = time.monotonic() + timeout
        while pid_of(layout, name) is not None:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
    layout.pid(name).unlink(missing_ok=True)
    return pid is not None


def pid_of(layout: Layout, name: str) -> int | None:
    """Return the process number of the daemon `name`, or None when it does not run."""
    try:
        pid, start_time = layout.pid(name).read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return int(pid) if started_at(int(pid)) == start_time else None


def started_at(pid: int) -> str | None:
    """Return the start time of a living process, so that a number used again is not taken for ours."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else fields[19]


def is_listening(layout: Layout, daemon: Daemon) -> bool:
    """Return whether something accepts connections, or a file system is there, where `daemon` should be."""
    if isinstance(daemon.listens, Mounted):
        return is_mounted(pid_of(layout, daemon.name), daemon.listens.folder)
    if isinstance(daemon.listens, int):
        return can_connect(socket.AF_INET, ("127.0.0.1", daemon.listens))
    return can_connect(socket.AF_UNIX, str(daemon.listens))


def is_mounted(pid: int | None, folder: Path) -> bool:
    """Return whether a process sees the root of a file system at `folder`."""
    try:
        return pid is not None and Path(f"/proc/{pid}/root{folder}").stat().st_ino == ROOT_INODE
    except OSError:  # not yet, or it has ended
        return False


def can_connect(family: socket.AddressFamily, address: tuple[str, int] | str) -> bool:
    """Return whether a stream connection to `address` is accepted."""
    with socket.socket(family) as connection:
        return connection.connect_ex(address) == 0


def environment(layout: Layout) -> dict[str, str]:
    """Return the whole environment of daemons and clients: no SLURM_* or SBATCH_* of the caller gets in."""
    return {"PATH": SEARCH_PATH, "HOME": "/root", "LANG": "C.UTF-8", "SLURM_CONF": str(layout.slurm_conf)}


def client(layout: Layout, *command: str) -> str:
    """Return what a Slurm client prints; raise ClusterError with its message when it fails."""
    done = subprocess.run(command, env=environment(layout), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ClusterError(f"`{' '.join(command)}` failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def tail(layout: Layout, name: str, lines: int = 15) -> str:
    """Return the last lines of a daemon's log, indented."""
    log = layout.log(name)
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:]) or "  (empty)"
