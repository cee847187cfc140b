"""Write the configuration files of the development cluster."""

import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).resolve().parent / "dev"
CLUSTER = "dev"
NODES = ("pg-gpu01", "pg-gpu02", "pg-gpu03", "pg-gpu04")
GPUS_PER_NODE = 2
MAX_ARRAY_SIZE = 65
DEFAULT_FOLDER = Path("/tmp/orchestrator-dev-cluster")  # noqa: S108  every shell must find the same one
MOST_CLUSTERS = 10
DATABASE_PORT = 16306
CONTROLLER_PORT = 16817
ACCOUNTING_PORT = 16819
FIRST_NODE_PORT = 16901
OWNERS = {
    "munge": "munge",
    "etc": "root",
    "log": "root",
    "pid": "root",
    "gpu": "root",
    "nodes": "root",
    "state": "slurm",
    "database": "mysql",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Name every path of a development cluster below one folder, and its ports.

    Clusters of different numbers, below `MOST_CLUSTERS`, share neither: they run side by side.
    """

    folder: Path
    number: int = 0

    def port(self, first: int) -> int:
        """Return the port of this cluster, given that of the first one."""
        return first + MOST_CLUSTERS * self.number

    @property
    def slurm_conf(self) -> Path:
        """Return the file that clients find through SLURM_CONF."""
        return self.folder / "etc" / "slurm.conf"

    @property
    def mariadb_cnf(self) -> Path:
        """Return the option file of the database server."""
        return self.folder / "etc" / "mariadb.cnf"

    @property
    def munge_socket(self) -> Path:
        """Return where munge listens, which tells the daemons who a client is."""
        return self.folder / "munge" / "socket"

    def log(self, daemon: str) -> Path:
        """Return what `daemon` wrote to its standard output and error."""
        return self.folder / "log" / f"{daemon}.log"

    def pid(self, daemon: str) -> Path:
        """Return the file that holds the process number of `daemon`."""
        return self.folder / "pid" / daemon


def numbered(number: int) -> Layout:
    """Return the cluster of a number, at the place where every shell finds it."""
    return Layout(Path(f"{DEFAULT_FOLDER}-{number}") if number else DEFAULT_FOLDER, number)


def write_layout(layout: Layout) -> None:
    """Make the folders, the GPU files and the configuration files."""
    layout.folder.chmod(0o755)  # the daemons' users must get through, whatever the umask
    for name, owner in OWNERS.items():
        (layout.folder / name).mkdir(mode=0o755, exist_ok=True)
        shutil.chown(layout.folder / name, owner, owner)
    for number in range(GPUS_PER_NODE):
        device = layout.folder / "gpu" / f"gpu{number}"
        if not device.is_symlink():
            device.symlink_to("/dev/null")
    for template in sorted(TEMPLATES.glob("*.in")):
        (layout.folder / "etc" / template.stem).write_text(render(template.read_text(), layout))
    accounting = layout.folder / "etc" / "slurmdbd.conf"
    shutil.chown(accounting, "slurm", "slurm")  # slurmdbd refuses any other owner and mode
    accounting.chmod(0o600)


def render(template: str, layout: Layout) -> str:
    """Fill a configuration template; a `$name` that is not known here raises KeyError."""
    return Template(template).substitute(
        folder=layout.folder,
        cluster=CLUSTER,
        hostname=socket.gethostname().partition(".")[0],
        nodes=f"pg-gpu[01-{len(NODES):02}]",
        gpus=GPUS_PER_NODE,
        last_gpu=GPUS_PER_NODE - 1,
        max_array_size=MAX_ARRAY_SIZE,
        munge_socket=layout.munge_socket,
        database_port=layout.port(DATABASE_PORT),
        controller_port=layout.port(CONTROLLER_PORT),
        accounting_port=layout.port(ACCOUNTING_PORT),
        first_node_port=layout.port(FIRST_NODE_PORT),
        last_node_port=layout.port(FIRST_NODE_PORT) + len(NODES) - 1,
    )
