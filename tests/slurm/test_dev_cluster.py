"""The verbs of the development cluster, and that what it runs behaves as a cluster does."""

import operator
from collections.abc import Iterator
from pathlib import Path

import pytest
import submitit

from slurm.dev_cluster import main
from slurm.dev_config import MAX_ARRAY_SIZE
from slurm.dev_daemons import ClusterError, started_at
from tests.cluster_fixture import DevCluster
from tests.waiting import wait


def test_down_without_a_cluster_has_nothing_to_do(tmp_path: Path) -> None:
    assert main(["--folder", str(tmp_path / "cluster"), "down"]) == 0


def test_status_without_a_cluster_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--folder", str(tmp_path / "cluster"), "status"])

    assert (code, "slurmctld does not run" in capsys.readouterr().out) == (1, True)


def test_env_prints_the_line_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--folder", str(tmp_path), "env"])

    assert capsys.readouterr().out == f"export SLURM_CONF={tmp_path}/etc/slurm.conf\n"


def test_up_is_idempotent(dev_cluster: DevCluster, capsys: pytest.CaptureFixture[str]) -> None:
    code = dev_cluster.type("up")

    assert (code, capsys.readouterr().out.partition(":")[0]) == (0, "already up")


def test_status_of_a_cluster_that_is_up(dev_cluster: DevCluster) -> None:
    assert dev_cluster.type("status") == 0


def test_job_sees_its_gpu(dev_cluster: DevCluster) -> None:
    seen = dev_cluster.client("srun", "--gres=gpu:k40:1", "printenv", "CUDA_VISIBLE_DEVICES")

    assert seen.strip() in {"0", "1"}


def test_three_gpus_are_more_than_a_node_has(dev_cluster: DevCluster) -> None:
    with pytest.raises(ClusterError, match="Requested node configuration is not available"):
        dev_cluster.client("srun", "--gres=gpu:k40:3", "true")


def test_array_index_stays_below_the_limit(dev_cluster: DevCluster, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="Invalid job array specification"):
        dev_cluster.submit("true", tmp_path / "log", f"--array={MAX_ARRAY_SIZE}")


def test_sacct_keeps_the_comment_of_a_finished_job(dev_cluster: DevCluster, tmp_path: Path) -> None:
    dev_cluster.finish("true", tmp_path / "log", "--job-name=kept", "--comment=a token")

    assert "a token|COMPLETED" in accounted(dev_cluster, "kept")


def test_dependent_job_follows_the_whole_array(dev_cluster: DevCluster, tmp_path: Path) -> None:
    log = tmp_path / "log"
    array = dev_cluster.submit("echo worker; exit 1", log, "--array=0-2", "--open-mode=append")
    dev_cluster.finish("echo sentinel", log, f"--dependency=afterany:{array}", "--open-mode=append")

    assert log.read_text().split() == ["worker", "worker", "worker", "sentinel"]


def test_job_can_submit_a_job(dev_cluster: DevCluster, tmp_path: Path) -> None:
    dev_cluster.submit(f"sbatch --output={tmp_path}/inner --wrap 'echo inner'", tmp_path / "log")

    assert wait_for_text(tmp_path / "inner") == "inner\n"


def test_submitit_runs_an_array(dev_cluster: DevCluster, tmp_path: Path) -> None:
    executor = submitit.SlurmExecutor(tmp_path)
    executor.update_parameters(time=5, partition="gpu")
    jobs = executor.map_array(operator.pow, [2, 3, 4], [2, 2, 2])

    assert [job.result() for job in jobs] == [4, 9, 16]


def test_killed_node_takes_its_jobs_along(mended_cluster: DevCluster, tmp_path: Path) -> None:
    log = tmp_path / "log"
    job = mended_cluster.submit("echo $$; exec env -i sleep 600", log, "--nodelist=pg-gpu04")
    pid = int(wait_for_text(log))
    mended_cluster.type("stop", "pg-gpu04", "--kill")
    mended_cluster.client("scancel", job)

    assert started_at(pid) is None


@pytest.mark.parametrize("daemon", ["slurmdbd", "slurmctld", "pg-gpu04"])
def test_up_starts_again_what_was_stopped(mended_cluster: DevCluster, daemon: str) -> None:
    mended_cluster.type("stop", daemon)

    assert [mended_cluster.type(verb) for verb in ("status", "up", "status")] == [1, 0, 0]


def test_up_wakes_a_drained_node(mended_cluster: DevCluster) -> None:
    mended_cluster.client("scontrol", "update", "nodename=pg-gpu04", "state=drain", "reason=test")

    assert [mended_cluster.type(verb) for verb in ("status", "up", "status")] == [1, 0, 0]


@pytest.fixture
def mended_cluster(dev_cluster: DevCluster) -> Iterator[DevCluster]:
    """Lend the cluster to a test that breaks it, and mend it afterwards."""
    yield dev_cluster
    dev_cluster.type("up")


def accounted(cluster: DevCluster, name: str) -> str:
    """Return comment and state of the finished jobs of a name, once slurmdbd has heard of them."""
    command = ["sacct", "--noheader", "--parsable2", "--allocations", f"--name={name}"]
    wait(lambda: "COMPLETED" in cluster.client(*command, "--format=state"))
    return cluster.client(*command, "--format=comment,state")


def wait_for_text(file: Path) -> str:
    """Return the text of a file once there is some."""
    wait(lambda: file.exists() and file.read_text().endswith("\n"))
    return file.read_text()
