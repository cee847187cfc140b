"""What the development cluster needs of a machine, and what it says when something is amiss."""

from pathlib import Path

import pytest

from slurm.dev_boot import PACKAGES, daemons, missing_requirements, troubles
from slurm.dev_config import NODES, Layout
from tests.cluster_fixture import DevCluster


def test_every_node_listens_on_a_port_of_its_own(tmp_path: Path) -> None:
    ports = {daemon.listens for daemon in daemons(Layout(tmp_path)) if daemon.name in NODES}

    assert len(ports) == len(NODES)


def test_missing_programs_are_named(tmp_path: Path) -> None:
    assert "slurmctld" in missing_requirements(search_path=str(tmp_path))[-1]


@pytest.mark.parametrize("package", PACKAGES)
def test_command_that_installs_a_package_is_named(package: str, tmp_path: Path) -> None:
    assert package in missing_requirements(search_path=str(tmp_path))[-1]


def test_every_daemon_that_does_not_run_is_named(tmp_path: Path) -> None:
    found = troubles(Layout(tmp_path))

    assert {f"{name} does not run" for name in ("mariadb", "slurmdbd", "slurmctld", *NODES)} <= set(found)


def test_machine_wide_clients_find_the_cluster(dev_cluster: DevCluster) -> None:
    assert Path("/etc/slurm/slurm.conf").exists()
