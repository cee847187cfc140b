"""The development cluster whose nodes share a folder over a network, for tests of what that changes."""

from collections.abc import Iterator

import pytest

from slurm.dev_cluster import down, missing, up
from slurm.dev_config import Layout, numbered
from slurm.dev_shared import usual_folder
from tests.lanes import SHARED_CLUSTER


@pytest.fixture(scope="session")
def network_files() -> None:
    """Skip a test loudly where nothing can be shared over a network."""
    if lacking := missing(shared=True):
        pytest.skip(f"NOT TESTED on a shared file system: {'; '.join(lacking)}")


@pytest.fixture(scope="session")
def shared_cluster(network_files: None) -> Iterator[Layout]:
    """Lend the cluster whose nodes share a folder, booted unless it is up."""
    layout = numbered(SHARED_CLUSTER)
    was_up = layout.folder.exists()
    up(layout, shared=usual_folder(layout))
    yield layout
    if not was_up:
        down(layout)
