"""The folder that the nodes of the development cluster share, and what is said when it cannot be."""

from pathlib import Path

import pytest

from slurm.dev_boot import node_states
from slurm.dev_cluster import down, main, up
from slurm.dev_config import NODES, Layout
from slurm.dev_daemons import ClusterError, Daemon, client, pid_of, start
from slurm.dev_shared import (
    LOGIN_MOUNT,
    SHARED_PACKAGES,
    SHARED_PROGRAMS,
    gluster_processes,
    lay_folders,
    make_volume,
    missing_to_share,
    mount_of,
    on_its_mount,
    promise_folder,
    shared_daemons,
    shared_folder,
    usual_folder,
)
from tests.waiting import wait

NODE = Daemon("pg-gpu01", "root", 1, ("slurmd", "-N", "pg-gpu01"))


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "cluster").mkdir()
    return Layout(tmp_path / "cluster")


@pytest.mark.parametrize("word", [*SHARED_PROGRAMS, *SHARED_PACKAGES])
def test_missing_program_and_its_package_are_named(word: str, tmp_path: Path) -> None:
    assert word in missing_to_share(search_path=str(tmp_path))[-1]


def test_missing_fuse_is_named(tmp_path: Path) -> None:
    assert f"there is no {tmp_path}/fuse" in missing_to_share(fuse=tmp_path / "fuse")[0]


def test_a_cluster_shares_nothing_unless_told(layout: Layout) -> None:
    assert (shared_folder(layout), on_its_mount(layout, NODE)) == (None, [NODE])


def test_a_promised_folder_is_remembered(layout: Layout, tmp_path: Path) -> None:
    promise_folder(layout, tmp_path / "shared")

    assert shared_folder(layout) == tmp_path / "shared"


def test_a_node_comes_after_its_mount(layout: Layout, tmp_path: Path) -> None:
    promise_folder(layout, tmp_path / "shared")

    assert [daemon.name for daemon in on_its_mount(layout, NODE)] == ["pg-gpu01.mount", "pg-gpu01"]


def test_another_folder_is_refused(layout: Layout, tmp_path: Path) -> None:
    promise_folder(layout, tmp_path / "shared")

    with pytest.raises(ClusterError, match=f"shares `{tmp_path}/shared`: type `down`"):
        promise_folder(layout, tmp_path / "other")


def test_a_cluster_that_is_there_already_is_refused(layout: Layout, tmp_path: Path) -> None:
    (layout.folder / "etc").mkdir()

    with pytest.raises(ClusterError, match="is there without a shared folder: type `down`"):
        promise_folder(layout, tmp_path / "shared")


def test_a_folder_with_something_in_it_is_refused(layout: Layout, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="is not an empty folder: name a new one"):
        promise_folder(layout, tmp_path)


def run(layout: Layout, node: str, script: str) -> str:
    """Return what shell lines print on a node, in the shared folder."""
    return client(
        layout, "srun", f"--nodelist={node}", f"--chdir={shared_folder(layout)}", "sh", "-c", script
    )


def test_a_node_sees_what_another_one_has_written(shared_cluster: Layout) -> None:
    run(shared_cluster, NODES[0], "echo hello > said")

    assert run(shared_cluster, NODES[1], "cat said") == "hello\n"


def test_every_node_has_a_mount_of_its_own(shared_cluster: Layout) -> None:
    spaces = {run(shared_cluster, node, "readlink /proc/self/ns/mnt") for node in NODES}

    assert len(spaces) == len(NODES)


def crash(layout: Layout, node: str) -> int:
    """Kill a node once Slurm knows that its jobs have ended: else it would wait a minute for word of them."""
    wait(lambda: node_states(layout)[node] == "idle")
    return main(["--number", str(layout.number), "stop", node, "--kill"])


def test_up_mounts_again_what_a_crash_took(shared_cluster: Layout) -> None:
    (usual_folder(shared_cluster) / "kept").write_text("kept\n")
    crash(shared_cluster, NODES[3])
    up(shared_cluster)

    assert run(shared_cluster, NODES[3], "cat kept") == "kept\n"


def test_a_killed_node_loses_its_mount(shared_cluster: Layout) -> None:
    crash(shared_cluster, NODES[3])
    pid = pid_of(shared_cluster, mount_of(NODES[3]))
    up(shared_cluster)

    assert pid is None


def test_status_tells_the_folder(shared_cluster: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--number", str(shared_cluster.number), "status"])

    assert (code, f"with a mount each: {shared_folder(shared_cluster)}" in capsys.readouterr().out) == (
        0,
        True,
    )


@pytest.mark.usefixtures("network_files")
def test_down_removes_what_an_up_that_was_killed_has_mounted(layout: Layout, tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    promise_folder(layout, folder)
    for name in ("log", "pid"):
        (layout.folder / name).mkdir()
    lay_folders(layout)
    server, login_mount = shared_daemons(layout)
    start(layout, server)
    make_volume(layout)
    start(layout, login_mount)
    layout.pid(LOGIN_MOUNT).unlink()  # it was killed before it wrote that down
    down(layout)

    assert (gluster_processes(layout), folder.exists(), layout.folder.exists()) == ({}, False, False)
