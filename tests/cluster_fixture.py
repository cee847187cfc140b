"""The development cluster for tests that need a real Slurm."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from slurm.dev_boot import missing_requirements
from slurm.dev_cluster import DEFAULT_FOLDER, down, up
from slurm.dev_config import Layout
from slurm.dev_daemons import client


@dataclass(frozen=True, slots=True)
class DevCluster:
    """Give tests the cluster's paths and its clients."""

    layout: Layout

    def client(self, *command: str) -> str:
        """Return what a Slurm client prints; raise ClusterError when it fails."""
        return client(self.layout, *command)

    def finish(self, script: str, log: Path, *options: str) -> None:
        """Submit shell lines as a job and wait for its end; raise ClusterError when it fails."""
        self.client("sbatch", "--wait", f"--output={log}", *options, f"--wrap={script}")

    def submit(self, script: str, log: Path, *options: str) -> str:
        """Submit shell lines as a job and return its id."""
        return self.client("sbatch", "--parsable", f"--output={log}", *options, f"--wrap={script}").strip()


@pytest.fixture(scope="session")
def dev_cluster() -> Iterator[DevCluster]:
    """Boot the development cluster unless it is up; stop it afterwards only if it was booted here."""
    if missing := missing_requirements():
        pytest.skip(f"NOT TESTED on a real Slurm: {'; '.join(missing)}")
    layout = Layout(DEFAULT_FOLDER)
    was_up = layout.folder.exists()
    up(layout)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(layout.slurm_conf))
        yield DevCluster(layout)
    if not was_up:
        down(layout)
