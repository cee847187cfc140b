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
DATABASE_PORT = 16306
CONTROLLER_PORT = 16817
ACCOUNTING_PORT = 16819
FIRST_NODE_PORT = 16901
OWNERS = {
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
    """Name every path of a development cluster below one folder."""

    folder: Path

    @property
    def slurm_conf(self) -> Path:
        """Return the file that clients find through SLURM_CONF."""
        return self.folder / "etc" / "slurm.conf"

    @property
    def mariadb_cnf(self) -> Path:
        """Return the option file of the database server."""
        return self.folder / "etc" / "mariadb.cnf"

    @property
    def database(self) -> Path:
        """Return the data directory of the database server."""
        return self.folder / "database"

    def log(self, daemon: str) -> Path:
        """Return what `daemon` wrote to its standard output and error."""
        return self.folder / "log" / f"{daemon}.log"

    def pid(self, daemon: str) -> Path:
        """Return the file that holds the process number of `daemon`."""
        return self.folder / "pid" / daemon


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
        database_port=DATABASE_PORT,
        controller_port=CONTROLLER_PORT,
        accounting_port=ACCOUNTING_PORT,
        first_node_port=FIRST_NODE_PORT,
        last_node_port=FIRST_NODE_PORT + len(NODES) - 1,
    )
