"""Bring the development cluster up in the order its daemons need, and read how it is."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from slurm.dev_config import (
    ACCOUNTING_PORT,
    CLUSTER,
    CONTROLLER_PORT,
    DATABASE_PORT,
    FIRST_NODE_PORT,
    NODES,
    Layout,
    numbered,
    write_layout,
)
from slurm.dev_daemons import SEARCH_PATH, ClusterError, Daemon, client, pid_of, start, stop, tail
from slurm.dev_jobs import kill_jobs
from slurm.dev_shared import (
    SERVER,
    kill_mount,
    lay_folders,
    make_volume,
    mount_of,
    on_its_mount,
    shared_daemons,
)

SYSTEM_CONF = Path("/etc/slurm/slurm.conf")
PROGRAMS = ("munged", "mariadbd", "mariadb-install-db", "slurmdbd", "slurmctld", "slurmd", "sbatch", "squeue")
PACKAGES = ("slurm-wlm", "slurmdbd", "slurm-wlm-mysql-plugin", "mariadb-server", "munge")
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES)
INSTALL_TRIES = 2
"""mariadb-install-db was seen to fail while another cluster booted, and to do its work the next time."""
WORKING_STATES = {"idle", "mix", "alloc", "comp", "plnd"}


def daemons(layout: Layout) -> list[Daemon]:
    """Return the daemons of Slurm, and those that it rests upon, in starting order."""
    own = layout.munge_socket.parent
    files = [f"--{name}-file={own / name}" for name in ("key", "log", "pid", "seed")]
    munge = ("munged", "--foreground", "--num-threads=10", f"--socket={layout.munge_socket}", *files)
    database = ("mariadbd", f"--defaults-file={layout.mariadb_cnf}")
    conf = str(layout.slurm_conf)
    nodes = [
        Daemon(node, "root", layout.port(FIRST_NODE_PORT) + number, ("slurmd", "-D", "-N", node, "-f", conf))
        for number, node in enumerate(NODES)
    ]
    return [
        Daemon("munge", "munge", layout.munge_socket, munge),
        Daemon("mariadb", "mysql", layout.port(DATABASE_PORT), database),
        Daemon("slurmdbd", "slurm", layout.port(ACCOUNTING_PORT), ("slurmdbd", "-D")),
        Daemon("slurmctld", "slurm", layout.port(CONTROLLER_PORT), ("slurmctld", "-D", "-f", conf)),
        *shared_daemons(layout),
        *(daemon for node in nodes for daemon in on_its_mount(layout, node)),
    ]


def missing_requirements(search_path: str = SEARCH_PATH) -> list[str]:
    """Say what this machine lacks to run the cluster, one line each."""
    missing = []
    if os.geteuid() != 0:
        missing.append("the daemons need root and this is an ordinary user: use sudo, or a container")
    absent = [name for name in PROGRAMS if shutil.which(name, path=search_path) is None]
    if absent:
        missing.append(f"{', '.join(absent)} not found: type `up --install`, or `{' '.join(INSTALL)}`")
    return missing


def install_packages(more: tuple[str, ...] = ()) -> None:
    """Install the Debian packages of the cluster, and some more."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update"), (*INSTALL, *more)):
        if subprocess.run(command, env=quiet, check=False).returncode != 0:
            raise ClusterError(f"`{' '.join(command)}` failed; its message is above")


def boot(layout: Layout) -> None:
    """Start every daemon that does not run and wait until all nodes take jobs."""
    write_layout(layout)
    make_key(layout)
    install_database(layout)
    lay_folders(layout)
    for daemon in daemons(layout):
        start(layout, daemon)
        if daemon.name == "slurmdbd":
            register_cluster(layout)
        if daemon.name == SERVER:
            make_volume(layout)
    wait_for_nodes(layout)
    if layout == numbered(0) and not SYSTEM_CONF.exists():
        SYSTEM_CONF.unlink(missing_ok=True)  # a link whose target is gone
        SYSTEM_CONF.symlink_to(layout.slurm_conf)


def start_again(layout: Layout, name: str) -> None:
    """Start a daemon that was stopped or crashed, and a node's client of the shared folder before it."""
    for daemon in daemons(layout):
        if daemon.name in {name, mount_of(name)}:
            start(layout, daemon)


def crash_node(layout: Layout, node: str) -> bool:
    """Kill the daemon of a node with all that runs on it, as a power cut would; say whether it ran."""
    ran = stop(layout, node, kill=True)
    kill_jobs(layout, (node,))
    kill_mount(layout, node)
    return ran


def make_key(layout: Layout) -> None:
    """Make the key of the cluster's own munge, whatever the machine's one may be."""
    key = layout.munge_socket.with_name("key")
    if not key.exists():
        command = ["mungekey", "--create", f"--keyfile={key}"]
        subprocess.run(command, check=True, user="munge", group="munge", extra_groups=[])


def install_database(layout: Layout) -> None:
    """Make an empty data directory; the mark says that an earlier one was not cut short."""
    mark = layout.folder / "pid" / "database-installed"
    if mark.exists():
        return
    options = ["--user=mysql", "--skip-test-db", "--auth-root-authentication-method=normal"]
    command = ["mariadb-install-db", f"--defaults-file={layout.mariadb_cnf}", *options]
    for _ in range(INSTALL_TRIES):
        _empty(layout.folder / "database")  # it takes what is left of a failure for a whole database
        with layout.log("mariadb").open("ab") as log:
            done = subprocess.run(command, stdout=log, stderr=log, check=False)
        if done.returncode == 0:
            mark.touch()
            return
    lines = layout.log("mariadb").read_text(encoding="utf-8", errors="replace").splitlines()
    errors = "\n".join(line for line in lines if "ERROR" in line)
    raise ClusterError(f"no database could be made; the log says:\n{errors or tail(layout, 'mariadb')}")


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def register_cluster(layout: Layout) -> None:
    """Make the cluster known to the accounting database: slurmctld refuses to start without."""
    if CLUSTER not in client(layout, "sacctmgr", "--noheader", "list", "cluster", "format=cluster").split():
        client(layout, "sacctmgr", "--immediate", "add", "cluster", CLUSTER)


def wait_for_nodes(layout: Layout, timeout: float = 60) -> None:
    """Wait until every node takes jobs, waking those that are down or drained."""
    deadline = time.monotonic() + timeout
    while not_working := {
        node: state for node, state in node_states(layout).items() if state not in WORKING_STATES
    }:
        if time.monotonic() > deadline:
            states = ", ".join(f"{node} is {state}" for node, state in not_working.items())
            logs = "\n".join(f"{name}:\n{tail(layout, name)}" for name in ("slurmctld", *not_working))
            raise ClusterError(f"{states} after {timeout:.0f} s; the ends of the logs:\n{logs}")
        for node, state in not_working.items():
            if state.startswith(("down", "drain", "drng")):
                wake(layout, node)
        time.sleep(0.2)


def node_states(layout: Layout) -> dict[str, str]:
    """Return the short state of each node as sinfo gives it; a `*` after it means that the node is silent."""
    lines = client(layout, "sinfo", "--noheader", "--Node", "--partition=gpu", "--format=%N %t").splitlines()
    return dict(line.split() for line in lines)


def wake(layout: Layout, node: str) -> None:
    """Put a node that was declared down back to work."""
    with contextlib.suppress(ClusterError):  # it may have come back by itself just now
        client(layout, "scontrol", "update", f"nodename={node}", "state=resume")


def troubles(layout: Layout) -> list[str]:
    """Say what does not work, one line each; an empty list means that the cluster takes jobs."""
    found = [
        f"{daemon.name} does not run" for daemon in daemons(layout) if pid_of(layout, daemon.name) is None
    ]
    return found or [
        f"{node} is {state}" for node, state in node_states(layout).items() if state not in WORKING_STATES
    ]
