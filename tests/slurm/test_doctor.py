"""`doctor` on a real Slurm, with real jobs on two of its nodes."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.cluster_fixture import DevCluster
from tests.toy_fixture import Toy, make_toy
from tests.waiting import PATIENCE_S

STUDY = """
study: small
axes: {lr: [0.1, 0.2], seed: [0, 1]}
stages:
  train: {task: toy.train, over: [lr, seed]}
  use: {task: toy.use, over: [lr, seed], needs: {source: train}}
"""
FAULTY = """\
name: faulty
partition: gpu
gres: "gpu:k80"
max_array_size: 65
lease: 8
setup: ["true", "false"]
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, dev_cluster: DevCluster) -> Toy:
    """Give a folder with the task `toy`, for all tests here."""
    return make_toy(tmp_path_factory.mktemp("doctor"))


@pytest.fixture(scope="module")
def both(place: Toy, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what is found without a profile and with a wrong one; side by side, as both wait for Slurm."""
    other = Toy(tmp_path_factory.mktemp("faulty"))
    other.study(FAULTY, "faulty.yaml")
    with ThreadPoolExecutor() as pool:
        healthy = pool.submit(place.type, "doctor", "--write", "mine.yaml", "--json", code=1)
        faulty = pool.submit(other.type, "doctor", "--cluster", "faulty.yaml", "--json", code=1)
        return json.loads(healthy.result().stdout), json.loads(faulty.result().stdout)


@pytest.fixture(scope="module")
def healthy(both: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    """Give what is found, and written to `mine.yaml`, where there is no profile yet."""
    return both[0]


@pytest.fixture(scope="module")
def faulty(both: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    """Give what is found with a profile that is wrong."""
    return both[1]


def finding(found: dict[str, Any], check: str) -> dict[str, Any]:
    one: dict[str, Any] = next(one for one in found["findings"] if one["check"] == check)
    return one


@pytest.mark.parametrize(
    "check",
    [
        "slurm",
        "partition",
        "gres",
        "probe job",
        "setup",
        "python",
        "imports",
        "signal",
        "warning",
        "requeue flag",
        "rename",
        "link",
        "mkdir",
    ],
)
def test_what_is_all_right_on_the_development_cluster(healthy: dict[str, Any], check: str) -> None:
    assert finding(healthy, check)["mark"] == "ok", finding(healthy, check)["found"]


def test_two_different_nodes_were_looked_at(healthy: dict[str, Any]) -> None:
    found = finding(healthy, "probe job")["found"]

    assert len({word for word in found.replace(",", "").split() if word.startswith("pg-gpu")}) == 2


def test_nothing_is_left_behind(healthy: dict[str, Any], place: Toy) -> None:
    assert not (place.folder / "runs/doctor").exists()


def test_stand_ins_for_gpus_are_all_that_is_wrong(healthy: dict[str, Any]) -> None:
    assert [one["check"] for one in healthy["findings"] if one["mark"] == "wrong"] == ["GPUs"]
    assert "there is no driver" in finding(healthy, "GPUs")["found"]


def test_a_study_is_trained_with_the_profile_that_was_written(healthy: dict[str, Any], place: Toy) -> None:
    place.study(STUDY)
    place.type("submit", "study.yaml", "--cluster", "mine.yaml")
    place.done("small", 8)

    assert healthy["profile"]["partition"] == "gpu"


@pytest.mark.parametrize("check", ["gres", "setup", "heartbeat"])
def test_what_is_wrong_with_a_profile(faulty: dict[str, Any], check: str) -> None:
    assert finding(faulty, check)["mark"] == "wrong"


def test_what_a_wrong_profile_should_say(faulty: dict[str, Any]) -> None:
    assert finding(faulty, "gres")["should"] == "gpu:k40"
    assert finding(faulty, "heartbeat")["should"] > 8


def test_ctrl_c_cancels_the_job_and_removes_the_folder(toy: Toy, dev_cluster: DevCluster) -> None:
    doctor = toy.start("doctor", "--cluster", "dev")
    toy.wait(lambda: any((toy.folder / "runs/doctor").glob("*/here-node-*")))
    doctor.send_signal(signal.SIGINT)

    assert doctor.wait(PATIENCE_S) == 130
    assert "doctor-" not in dev_cluster.client("squeue", "--noheader", "--format=%j")
    assert not (toy.folder / "runs").exists()
