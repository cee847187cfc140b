"""Submissions on a real Slurm: killed, at once, late, without room, and with parts of Slurm away."""

import contextlib
import os
import signal
import stat
import subprocess
from collections.abc import Iterator

import psutil
import pytest

from orchestrator.places import local
from orchestrator.places.job_log import JobLog
from slurm.dev_cluster import stop_daemon, up
from tests.cluster_fixture import DevCluster
from tests.toy_fixture import Toy
from tests.waiting import PATIENCE_S

FOUR = """
study: four
axes: {lr: [0.1, 0.2, 0.3, 0.4]}
stages:
  train: {task: toy.train, over: [lr]}
"""
HELD = FOUR.replace("over: [lr]", "over: [lr], params: {held: true}")
SUBMIT = ("submit", "study.yaml", "--cluster", "dev")


@pytest.fixture
def cluster(toy: Toy, dev_cluster: DevCluster) -> Iterator[DevCluster]:
    """Give the cluster, all of it up, and leave none of the study's jobs behind."""
    up(dev_cluster.layout)
    yield dev_cluster
    up(dev_cluster.layout)
    if jobs := queued(toy, dev_cluster):
        dev_cluster.client("scancel", *jobs)


def log(toy: Toy) -> JobLog:
    return JobLog(next((toy.folder / "runs").resolve().glob("studies/*")))


def queued(toy: Toy, cluster: DevCluster, *options: str) -> list[str]:
    """Return the study's jobs in the queue, by the name that all their tokens begin with."""
    if not list((toy.folder / "runs").glob("studies/*")):
        return []
    beginning = log(toy).token("four", 1).rpartition("-")[0]
    lines = cluster.client("squeue", "--noheader", "--array", "--format=%i|%j", *options).splitlines()
    return sorted(line.split("|")[0] for line in lines if line.split("|")[1].startswith(f"{beginning}-"))


def named(toy: Toy, kind: str) -> list[str]:
    """Return the jobs that submissions of a kind name."""
    launches = log(toy).launches()
    return [
        job.removeprefix("slurm:")
        for launch in launches
        if launch.intent and launch.intent.kind == kind
        for job in launch.jobs
    ]


def put_before_sbatch(toy: Toy, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a shell script stand for sbatch; `real` is the real one and `victim` the program that called."""
    program = toy.folder.parent / "bin" / "sbatch"
    program.parent.mkdir(exist_ok=True)
    real = subprocess.run(["which", "sbatch"], capture_output=True, text=True, check=True).stdout.strip()
    victim = "$(cut -d' ' -f4 /proc/$PPID/stat)"  # between them is the program that limits its time
    program.write_text(f'#!/bin/sh\nreal={real}\nvictim={victim}\ncd "{program.parent}"\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def test_submits_and_an_advance_at_once_queue_nothing_twice(toy: Toy, cluster: DevCluster) -> None:
    toy.study(HELD)
    programs = [toy.start(*SUBMIT) for _ in range(3)]
    codes = [program.wait(PATIENCE_S) for program in programs]
    toy.type("advance", "four")
    jobs, workers, sentinels = queued(toy, cluster), named(toy, "workers"), named(toy, "sentinel")
    toy.type("cancel", "four")

    assert codes == [0, 0, 0], (toy.folder / "typed.log").read_text()
    assert jobs == sorted(workers + sentinels)
    assert (len(workers), len(sentinels)) == (4, 1)


def test_a_submit_killed_when_its_jobs_were_queued(
    toy: Toy, cluster: DevCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.study(HELD)
    put_before_sbatch(
        toy, '[ -f once ] && exec $real "$@"; touch once; $real "$@"; kill -9 $victim', monkeypatch
    )
    killed = toy.type(*SUBMIT, code=None).returncode
    toy.type(*SUBMIT)
    toy.let_go()
    toy.done("four", 4)

    assert killed == -signal.SIGKILL
    assert len(named(toy, "workers")) == 4
    assert {trial["attempts"] for trial in toy.trials("four")} == {1}


def test_jobs_that_are_queued_after_their_submit_was_given_up(
    toy: Toy, cluster: DevCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.study(HELD)
    late = 'touch once; kill -9 $victim; while [ ! -f late ]; do sleep 0.1; done; $real "$@"; touch queued'
    put_before_sbatch(toy, f'[ -f once ] && exec $real "$@"; {late}', monkeypatch)
    toy.type(*SUBMIT, code=None)
    toy.type(*SUBMIT)
    (toy.folder.parent / "bin/late").touch()
    toy.wait((toy.folder.parent / "bin/queued").exists)
    toy.let_go()
    toy.done("four", 4)
    toy.wait(lambda: not queued(toy, cluster))
    first = log(toy).launches()[0]

    assert first.jobs == ()
    assert first.started() == set()
    assert {trial["attempts"] for trial in toy.trials("four")} == {1}


def test_as_many_jobs_as_the_account_may_have(toy: Toy, cluster: DevCluster) -> None:
    """No job begins meanwhile: a worker that has begun would not give way to the sentinel."""
    toy.study(FOUR)
    toy.wait(lambda: not cluster.client("squeue", "--noheader"))  # jobs of other tests would make room
    partition(cluster, "down")
    limit(cluster, 3)
    try:
        told = toy.type(*SUBMIT).stderr
        partition(cluster, "up")
        toy.done("four", 4)
    finally:
        partition(cluster, "up")
        limit(cluster, -1)

    assert "2 workers wait for room in the queue: sbatch: error: AssocMaxSubmitJobLimit" in told


def partition(cluster: DevCluster, state: str) -> None:
    cluster.client("scontrol", "update", "partitionname=gpu", f"state={state}")


def limit(cluster: DevCluster, jobs: int) -> None:
    cluster.client("sacctmgr", "-i", "modify", "user", "root", "set", f"MaxSubmitJobs={jobs}")


def test_without_the_accounting_database(toy: Toy, cluster: DevCluster) -> None:
    stop_daemon(cluster.layout, "slurmdbd", kill=False)
    toy.study(FOUR)
    toy.type(*SUBMIT)
    toy.done("four", 4)

    assert {trial["attempts"] for trial in toy.trials("four")} == {1}


def test_while_the_controller_is_away_nothing_changes(toy: Toy, cluster: DevCluster) -> None:
    toy.study(HELD)
    toy.type(*SUBMIT)
    toy.saved(4)
    stop_daemon(cluster.layout, "slurmctld", kill=False)  # killed, it may forget the newest jobs
    told = toy.type("advance", "four").stderr
    states = toy.json("status", "four")["states"]
    up(cluster.layout)
    toy.let_go()
    toy.done("four", 4)

    assert "the scheduler does not answer" in told
    assert states == {"RUNNING": 4}
    assert {trial["attempts"] for trial in toy.trials("four")} == {1}
    assert len(named(toy, "workers")) == 4


def cut_power(toy: Toy, cluster: DevCluster) -> None:
    """Kill all workers and their trials at once, then have Slurm see it soon: else that takes minutes."""
    for program in local._workers({str(launch.folder) for launch in log(toy).launches()}):
        with contextlib.suppress(psutil.Error):
            program.kill()
    cluster.client("scancel", *named(toy, "workers"))  # nobody is left whom this would tell to save


def test_after_a_power_cut_the_sentinel_goes_on(toy: Toy, cluster: DevCluster) -> None:
    toy.study(HELD)
    toy.type(*SUBMIT)
    toy.saved(4)
    cut_power(toy, cluster)
    toy.let_go()
    toy.done("four", 4)

    assert {trial["attempts"] for trial in toy.trials("four")} == {2}


def test_after_a_power_cut_without_a_sentinel_one_advance_goes_on(toy: Toy, cluster: DevCluster) -> None:
    toy.study(HELD)
    toy.type(*SUBMIT)
    toy.saved(4)
    cluster.client("scancel", *named(toy, "sentinel"))
    cut_power(toy, cluster)
    toy.wait(lambda: "RUNNING" not in toy.json("status", "four")["states"])
    assert queued(toy, cluster) == []
    toy.let_go()
    toy.type("advance", "four")
    toy.done("four", 4)

    assert {trial["attempts"] for trial in toy.trials("four")} == {2}


def test_paths_and_variables_that_would_change_a_job(
    toy: Toy, cluster: DevCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SBATCH_ARRAY_INX", "0-9")
    monkeypatch.setenv("SBATCH_REQUEUE", "1")
    monkeypatch.setenv("SBATCH_PARTITION", "nowhere")
    monkeypatch.setenv("SQUEUE_FORMAT", "%u")
    monkeypatch.setenv("SQUEUE_STATES", "COMPLETED")
    monkeypatch.setenv("SLURM_TIME_FORMAT", "relative")
    monkeypatch.setenv("SLURM_CLUSTERS", "elsewhere")
    monkeypatch.setenv("SRUN_DEBUG", "nonsense")
    runs = """a # $(touch oops) 'single' "double" `touch oops` & runs"""
    toy.study(FOUR)
    toy.type(*SUBMIT, "--runs", runs)
    toy.wait(lambda: toy.json("status", "four", "--runs", runs)["states"] == {"DONE": 4})

    assert not list(toy.folder.rglob("oops"))


def test_what_sbatch_would_read_in_its_own_way_is_refused(toy: Toy, cluster: DevCluster) -> None:
    toy.study(FOUR)

    assert "sbatch reads '%' in its own way" in toy.type(*SUBMIT, "--runs", "100%j", code=2).stderr
