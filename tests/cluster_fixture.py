"""The development clusters for tests that need a real Slurm; `tests/lanes.py` says which file gets which."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from slurm.dev_boot import missing_requirements
from slurm.dev_cluster import down, main, up
from slurm.dev_config import Layout, numbered
from slurm.dev_daemons import client
from tests.lanes import cluster_of


@dataclass(frozen=True, slots=True)
class DevCluster:
    """Give tests the cluster's paths and its clients."""

    layout: Layout

    def client(self, *command: str) -> str:
        """Return what a Slurm client prints; raise ClusterError when it fails."""
        return client(self.layout, *command)

    def type(self, *words: str) -> int:
        """Type a verb of `slurm/dev_cluster.py` for this cluster; return its exit code."""
        return main(["--number", str(self.layout.number), *words])

    def finish(self, script: str, log: Path, *options: str) -> None:
        """Submit shell lines as a job and wait for its end; raise ClusterError when it fails."""
        self.client("sbatch", "--wait", f"--output={log}", *options, f"--wrap={script}")

    def submit(self, script: str, log: Path, *options: str) -> str:
        """Submit shell lines as a job and return its id."""
        return self.client("sbatch", "--parsable", f"--output={log}", *options, f"--wrap={script}").strip()


@pytest.fixture(scope="session")
def boot() -> Iterator[Callable[[int], Layout]]:
    """Boot a development cluster unless it is up; afterwards stop those that were booted here."""
    if missing := missing_requirements():
        pytest.skip(f"NOT TESTED on a real Slurm: {'; '.join(missing)}")
    ours: list[Layout] = []

    def booted(number: int) -> Layout:
        layout = numbered(number)
        if not layout.folder.exists():
            ours.append(layout)
        up(layout)
        return layout

    yield booted
    for layout in ours:
        down(layout)


@pytest.fixture(scope="module")
def dev_cluster(request: pytest.FixtureRequest, boot: Callable[[int], Layout]) -> Iterator[DevCluster]:
    """Lend the cluster of the test file, all of it up, to all that is typed."""
    layout = boot(cluster_of(request.node.nodeid))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(layout.slurm_conf))
        yield DevCluster(layout)
