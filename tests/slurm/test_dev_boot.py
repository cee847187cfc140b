"""What the development cluster needs of a machine, and what it says when something is amiss."""

from pathlib import Path

import pytest

from slurm.dev_boot import PACKAGES, daemons, install_database, missing_requirements, troubles
from slurm.dev_config import NODES, Layout
from slurm.dev_daemons import ClusterError
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


def installer(folder: Path, monkeypatch: pytest.MonkeyPatch, failures: int) -> Layout:
    """Put a mariadb-install-db on PATH that fails so often, and return the cluster that it is for."""
    (folder / "bin").mkdir()
    program = folder / "bin/mariadb-install-db"
    program.write_text(
        f"#!/bin/sh\necho x >> {folder}/calls\n"
        f"[ -z \"$(ls {folder}/database)\" ] || {{ echo 'mysql.user table already exists!'; exit 0; }}\n"
        f"mkdir {folder}/database/mysql\n"
        f"[ $(wc -l < {folder}/calls) -gt {failures} ] || {{ echo 'ERROR: no room'; exit 1; }}\n"
        f"touch {folder}/database/mysql/whole\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}/bin:/usr/bin:/bin")
    layout = Layout(folder)
    for path in (folder / "log", folder / "pid", folder / "database"):
        path.mkdir()
    return layout


def test_a_database_that_is_not_made_at_once_is_tried_again_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_database(installer(tmp_path, monkeypatch, failures=1))

    assert (tmp_path / "calls").read_text().count("x") == 2
    assert (tmp_path / "database/mysql/whole").exists()


def test_why_there_is_no_database_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ClusterError, match="ERROR: no room"):
        install_database(installer(tmp_path, monkeypatch, failures=9))


def test_machine_wide_clients_find_the_cluster(dev_cluster: DevCluster) -> None:
    assert Path("/etc/slurm/slurm.conf").exists()
