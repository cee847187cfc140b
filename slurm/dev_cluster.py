"""Run a real Slurm cluster of four two-GPU nodes on this machine, for development and tests.

python slurm/dev_cluster.py up       start what does not run, wait until all nodes take jobs
python slurm/dev_cluster.py status   say what runs; exit code 0 when everything does
python slurm/dev_cluster.py env      print the line that lets squeue and sbatch find the cluster
python slurm/dev_cluster.py stop X   stop one daemon, as a fault; with --kill as a crash; `up` starts it again
python slurm/dev_cluster.py down     stop everything and remove the folder

`up --shared` gives the nodes a folder on a network file system (GlusterFS), and each a mount of its own.
"""

import argparse
import contextlib
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if not __package__:  # started as a file: the package lies one folder up
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from slurm.dev_boot import (
    SYSTEM_CONF,
    boot,
    crash_node,
    daemons,
    install_packages,
    missing_requirements,
    node_states,
    troubles,
)
from slurm.dev_config import MOST_CLUSTERS, NODES, Layout, numbered
from slurm.dev_daemons import ClusterError, pid_of, stop
from slurm.dev_jobs import cancel_jobs, kill_jobs
from slurm.dev_shared import (
    SHARED_PACKAGES,
    missing_to_share,
    promise_folder,
    shared_folder,
    stop_sharing,
    usual_folder,
)

USUAL = Path()
"""Stands for a folder that nobody has named."""


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, carry out the verb and return the exit code."""
    options = parse(arguments)
    layout = Layout(options.folder.resolve(), options.number) if options.folder else numbered(options.number)
    try:
        if options.verb == "up":
            shared = usual_folder(layout) if options.shared == USUAL else options.shared
            up(layout, install=options.install, shared=shared)
        elif options.verb == "down":
            down(layout)
        elif options.verb == "stop":
            stop_daemon(layout, options.daemon, kill=options.kill)
        elif options.verb == "env":
            say(export_line(layout))
        else:
            return status(layout)
    except ClusterError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--number", type=int, choices=range(MOST_CLUSTERS), default=0, help="of several at once"
    )
    parser.add_argument("--folder", type=Path, help="all state lies below it")
    verbs = parser.add_subparsers(dest="verb", required=True)
    upper = verbs.add_parser("up")
    upper.add_argument("--install", action="store_true", help="install missing Debian packages")
    upper.add_argument(
        "--shared", type=Path, metavar="FOLDER", help="a new folder that nodes share by network"
    )
    for verb in ("down", "status", "env"):
        verbs.add_parser(verb)
    stopper = verbs.add_parser("stop")
    stopper.add_argument("daemon", choices=["slurmctld", "slurmdbd", "mariadb", *NODES])
    stopper.add_argument("--kill", action="store_true", help="SIGKILL; a node loses its jobs' processes too")
    return parser.parse_args(arguments)


def up(layout: Layout, *, install: bool = False, shared: Path | None = None) -> None:
    """Start every daemon that does not run and wait until all nodes take jobs."""
    began = time.monotonic()
    if install and missing(shared=shared is not None):
        install_packages(SHARED_PACKAGES if shared else ())
    if lacking := missing(shared=shared is not None):
        raise ClusterError("\n".join(lacking))
    layout.folder.mkdir(parents=True, exist_ok=True)
    with locked(layout):
        if shared:
            promise_folder(layout, shared.resolve())
        if troubles(layout):
            boot(layout)
            say(f"up after {time.monotonic() - began:.1f} s: {len(NODES)} nodes, state below {layout.folder}")
        else:
            say(f"already up: {len(NODES)} nodes, state below {layout.folder}")
    say_shared(layout)
    say(export_line(layout))


def missing(*, shared: bool) -> list[str]:
    """Say what this machine lacks to run the cluster, one line each."""
    return [*missing_requirements(), *(missing_to_share() if shared else [])]


def down(layout: Layout) -> None:
    """Cancel all jobs, stop every daemon and remove the folder."""
    if not layout.folder.exists():
        say(f"already down: no {layout.folder}")
        return
    with locked(layout):
        if pid_of(layout, "slurmctld") is not None:
            cancel_jobs(layout)
        for daemon in reversed(daemons(layout)):
            stop(layout, daemon.name)
        kill_jobs(layout)
        stop_sharing(layout)
        if SYSTEM_CONF.is_symlink() and SYSTEM_CONF.readlink() == layout.slurm_conf:
            SYSTEM_CONF.unlink()
        shutil.rmtree(layout.folder)
    say(f"down: {layout.folder} removed")


def stop_daemon(layout: Layout, name: str, *, kill: bool) -> None:
    """Stop one daemon; a node that is killed takes the processes of its jobs along, as a power cut would."""
    ran = crash_node(layout, name) if kill and name in NODES else stop(layout, name, kill=kill)
    if not ran:
        raise ClusterError(f"`{name}` does not run; `status` says what does")
    say(f"{name} stopped; `up` starts it again")


def status(layout: Layout) -> int:
    """Print the state of daemons and nodes; return 0 when the cluster takes jobs and 1 otherwise."""
    for daemon in daemons(layout):
        pid = pid_of(layout, daemon.name)
        say(f"{daemon.name:<14} {'not started here' if pid is None else f'runs as {pid}'}")
    found = troubles(layout)
    for line in found or [f"{node:<14} {state}" for node, state in node_states(layout).items()]:
        say(line)
    say_shared(layout)
    say(export_line(layout))
    return 1 if found else 0


@contextlib.contextmanager
def locked(layout: Layout) -> Iterator[None]:
    """Let one `up` or `down` work at a time."""
    handle = os.open(layout.folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not layout.folder.exists() or not os.path.samestat(os.fstat(handle), layout.folder.stat()):
            raise ClusterError(f"a `down` removed `{layout.folder}` in the meantime: try again")
        yield
    finally:
        os.close(handle)


def say_shared(layout: Layout) -> None:
    """Say which folder the nodes share, if any."""
    if folder := shared_folder(layout):
        say(f"shared by all nodes, with a mount each: {folder}")


def export_line(layout: Layout) -> str:
    """Return the shell line that lets every client find the cluster."""
    return f"export SLURM_CONF={layout.slurm_conf}"


def say(line: str) -> None:
    """Write one line to standard output."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
