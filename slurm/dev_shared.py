"""A file system that the nodes of the development cluster share, each through a client of its own.

GlusterFS with one brick. Its server is alone in a network namespace, since it refuses loopback addresses,
and that namespace ends with it. Every node has a mount namespace in which its own client serves the folder;
one more client serves it to all other programs of the machine, as a login node's does.
"""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

from slurm.dev_config import NODES, Layout
from slurm.dev_daemons import SEARCH_PATH, ClusterError, Daemon, Mounted, client, pid_of, stop

SERVER = "glusterd"
LOGIN_MOUNT = "login.mount"
SHARED_PROGRAMS = ("glusterd", "gluster", "glusterfs", "ip", "nsenter", "unshare", "umount")
SHARED_PACKAGES = ("glusterfs-server", "glusterfs-client", "iproute2")
FUSE = Path("/dev/fuse")
_ADDRESS = "10.99.0.1"
_VOLUME = "shared"
_NETWORK = f"""
ip link set lo up
ip link add left type veth peer name right
ip address add {_ADDRESS}/24 dev left
ip link set left up
ip link set right up
"""
_OPTIONS = """volume management
    type mgmt/glusterd
    option working-directory {folder}/work
    option run-directory {folder}/run
    option glusterd-sockfile {folder}/socket
    option transport-type socket
    option transport.socket.listen-port 24007
    option event-threads 1
    option max-port 60999
end-volume
"""
_BRICK_LOGS = Path("/var/log/glusterfs/bricks")


def missing_to_share(search_path: str = SEARCH_PATH, fuse: Path = FUSE) -> list[str]:
    """Say what this machine lacks besides Slurm to give nodes a shared folder, one line each."""
    missing = []
    if not fuse.exists():
        missing.append(f"there is no {fuse}, so nothing can be mounted: load the module `fuse`, or allow it")
    absent = [name for name in SHARED_PROGRAMS if shutil.which(name, path=search_path) is None]
    if absent:
        install = f"apt-get install --yes --no-install-recommends {' '.join(SHARED_PACKAGES)}"
        missing.append(f"{', '.join(absent)} not found: type `up --install --shared`, or `{install}`")
    return missing


def usual_folder(layout: Layout) -> Path:
    """Return the folder that nodes share where nobody names another one."""
    return Path(f"{layout.folder}-shared")


def shared_folder(layout: Layout) -> Path | None:
    """Return the folder that the nodes share, or None where the cluster has none."""
    try:
        return Path(_mark(layout).read_text())
    except FileNotFoundError:
        return None


def promise_folder(layout: Layout, folder: Path) -> None:
    """Write down which folder the nodes will share, before anything is mounted there.

    Raises ClusterError where the cluster is there already without it, or something lies in the folder.
    """
    found = shared_folder(layout)
    if found == folder:
        return
    if found is not None or (layout.folder / "etc").exists():
        has = f"shares `{found}`" if found else "is there without a shared folder"
        raise ClusterError(f"the cluster {has}: type `down`, then `up --shared {folder}`")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ClusterError(f"`{folder}` is not an empty folder: name a new one")
    _home(layout).mkdir(exist_ok=True)
    beside = _mark(layout).with_suffix(".new")
    beside.write_text(str(folder))
    beside.replace(_mark(layout))


def lay_folders(layout: Layout) -> None:
    """Make the folder that is shared, and those of the server, which must not have left its clients alone."""
    folder = shared_folder(layout)
    if folder is None:
        return
    if pid_of(layout, SERVER) is None and gluster_processes(layout):
        again = f"type `down`, then `up --shared {folder}`"  # another server would have another network
        raise ClusterError(f"the server of the shared folder has ended: {again}")
    if pid_of(layout, LOGIN_MOUNT) is None:
        _unmount(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("brick", "work", "run"):
        (_home(layout) / name).mkdir(exist_ok=True)
    (_home(layout) / "options").write_text(_OPTIONS.format(folder=_home(layout)))


def shared_daemons(layout: Layout) -> list[Daemon]:
    """Return the server and the client for the machine, in starting order; empty where nothing is shared."""
    folder = shared_folder(layout)
    if folder is None:
        return []
    serve = (
        "glusterd",
        "--no-daemon",
        f"--volfile={_home(layout)}/options",
        f"--log-file={_log(layout, SERVER)}",
    )
    network = f"set -e\n{_NETWORK}exec {shlex.join(serve)}"
    return [
        Daemon(SERVER, "root", _home(layout) / "socket", ("unshare", "--net", "sh", "-c", network)),
        Daemon(LOGIN_MOUNT, "root", Mounted(folder), _mounting(layout, LOGIN_MOUNT, folder, "exec")),
    ]


def mount_of(node: str) -> str:
    """Return the name of the client through which a node sees the shared folder."""
    return f"{node}.mount"


def on_its_mount(layout: Layout, node: Daemon) -> list[Daemon]:
    """Return the daemon of a node; where a folder is shared, after the client that it gets its files from."""
    folder = shared_folder(layout)
    if folder is None:
        return [node]
    name = mount_of(node.name)
    away = f"while umount --lazy {shlex.quote(str(folder))} 2>/dev/null; do :; done; exec"
    alone = ("unshare", "--mount", "--propagation", "private", *_mounting(layout, name, folder, away))
    enter = f'exec nsenter --mount="/proc/$(cut -d " " -f 1 {shlex.quote(str(layout.pid(name)))})/ns/mnt"'
    inside = ("sh", "-c", f"{enter} {shlex.join(node.command)}")  # its number stays that of the shell
    return [
        Daemon(name, "root", Mounted(folder), alone),
        Daemon(node.name, node.user, node.listens, inside),
    ]


def _mounting(layout: Layout, name: str, folder: Path, before: str) -> tuple[str, ...]:
    """Return the command of a client, which is in the server's network and stays in the foreground."""
    serve = f"glusterfs --no-daemon --process-name=fuse --volfile-server={_ADDRESS} --volfile-id=/{_VOLUME}"
    files = shlex.join([f"--log-file={_log(layout, name)}", str(folder)])
    network = f'--net="/proc/$(cut -d " " -f 1 {shlex.quote(str(layout.pid(SERVER)))})/ns/net"'
    return ("sh", "-c", f"{before} nsenter {network} {serve} {files}")


def make_volume(layout: Layout) -> None:
    """Make what the clients mount, and start it."""
    with contextlib.suppress(ClusterError):  # it is there after an `up` that was cut short
        gluster(layout, "create", _VOLUME, f"{_ADDRESS}:{_home(layout)}/brick", "force")
    gluster(layout, "start", _VOLUME, "force")


def gluster(layout: Layout, verb: str, *words: str) -> str:
    """Return what the server says to a command about volumes; raise ClusterError when it fails."""
    files = (f"--glusterd-sock={_home(layout)}/socket", f"--log-file={_log(layout, 'gluster')}")
    return client(layout, "gluster", "--mode=script", *files, "volume", verb, *words)


def profile(layout: Layout, *words: str) -> str:
    """Count what clients ask the server for (`start`), and tell it (`info`, `incremental`)."""
    return gluster(layout, "profile", _VOLUME, *words)


def kill_mount(layout: Layout, node: str) -> None:
    """Kill the client of a node: what it had not sent to the server is lost, as in a power cut."""
    stop(layout, mount_of(node), kill=True)


def stop_sharing(layout: Layout) -> None:
    """End the server and all clients, whoever knows of them, and unmount and remove the folder."""
    folder = shared_folder(layout)
    if folder is None:
        return
    for name in (*map(mount_of, NODES), LOGIN_MOUNT, SERVER):
        layout.pid(name).unlink(missing_ok=True)
    _kill_all(layout)
    _unmount(folder)
    with contextlib.suppress(OSError):  # somebody has written below it while nothing was mounted
        folder.rmdir()
    name = str(_home(layout) / "brick").strip("/").replace("/", "-")
    (_BRICK_LOGS / f"{name}.log").unlink(missing_ok=True)


def _kill_all(layout: Layout, timeout: float = 10) -> None:
    """Kill what runs of GlusterFS for the cluster, and wait until it is gone."""
    deadline = time.monotonic() + timeout
    while found := gluster_processes(layout):
        if time.monotonic() > deadline:
            raise ClusterError(f"{', '.join(map(str, found))} of GlusterFS cannot be killed")
        for pid, words in found.items():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            if "-S" in words:  # the socket of a brick
                Path(words[words.index("-S") + 1]).unlink(missing_ok=True)
        time.sleep(0.05)


def gluster_processes(layout: Layout) -> dict[int, list[str]]:
    """Return the cluster's servers and clients, by process number, with the words of their commands."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if "gluster" in words[0] and any(f"{layout.folder}/" in word for word in words):
                found[int(entry.name)] = words
    return found


def _unmount(folder: Path) -> None:
    """Take away what is mounted at a folder, also where its client is dead."""
    while folder in _mounted():
        subprocess.run(["umount", "--lazy", folder], check=True)


def _mounted() -> set[Path]:
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return {Path(line.split()[1].encode().decode("unicode_escape")) for line in lines}


def _home(layout: Layout) -> Path:
    return layout.folder / "shared"


def _mark(layout: Layout) -> Path:
    return _home(layout) / "folder"


def _log(layout: Layout, name: str) -> Path:
    return layout.folder / "log" / f"{name}.files.log"
