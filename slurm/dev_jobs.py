"""End what the jobs of the development cluster have running on this machine."""

import contextlib
import os
import signal
import time
from pathlib import Path

from slurm.dev_config import NODES, Layout
from slurm.dev_daemons import ClusterError, client


def cancel_jobs(layout: Layout, timeout: float = 15) -> None:
    """Ask all jobs to end and give them the time for it that Slurm gives them."""
    with contextlib.suppress(ClusterError):  # a controller in trouble must not keep the cluster up
        deadline = time.monotonic() + timeout
        while (jobs := job_ids(layout)) and time.monotonic() < deadline:
            client(layout, "scancel", "--quiet", *jobs)
            time.sleep(0.5)


def job_ids(layout: Layout) -> list[str]:
    """Return the jobs that wait, run or end; an array is one of them."""
    return client(layout, "squeue", "--noheader", "--format=%F").split()


def kill_jobs(layout: Layout, nodes: tuple[str, ...] = NODES, timeout: float = 10) -> None:
    """Kill the step daemons and job processes of the given nodes and wait until they are gone."""
    deadline = time.monotonic() + timeout
    while (pids := job_processes(layout, nodes)) and time.monotonic() < deadline:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def job_processes(layout: Layout, nodes: tuple[str, ...]) -> list[int]:
    """Return the process numbers of the step daemons and job processes of the given nodes.

    A job's process is known by its environment, which outlives its step daemon,
    or by the session that it shares with its step daemon, if it has emptied its environment.
    """
    processes = {int(entry.name): entry for entry in Path("/proc").glob("[0-9]*")}
    sessions = {
        session_of(pid) for pid, entry in processes.items() if is_step_daemon(entry, layout, nodes)
    } - {None}
    return [
        pid
        for pid, entry in processes.items()
        if session_of(pid) in sessions or has_job_environment(entry, layout, nodes)
    ]


def session_of(pid: int) -> int | None:
    """Return the session of a process, or None when it has ended."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def is_step_daemon(entry: Path, layout: Layout, nodes: tuple[str, ...]) -> bool:
    """Return whether a process is a slurmstepd that writes to the log of one of the nodes."""
    logs = {str(layout.log(f"{node}.steps")) for node in nodes}
    try:
        is_step = (entry / "comm").read_text().startswith("slurmstepd")
        return is_step and any(str(link.readlink()) in logs for link in (entry / "fd").iterdir())
    except OSError:
        return False


def has_job_environment(entry: Path, layout: Layout, nodes: tuple[str, ...]) -> bool:
    """Return whether a process was started with the variables that a node gives to its jobs."""
    try:
        variables = set((entry / "environ").read_bytes().split(b"\0"))
    except OSError:
        return False
    names = {variable.partition(b"=")[0] for variable in variables}
    ours = f"SLURM_CONF={layout.slurm_conf}".encode() in variables
    here = any(f"SLURMD_NODENAME={node}".encode() in variables for node in nodes)
    return ours and here and b"SLURM_JOB_ID" in names
