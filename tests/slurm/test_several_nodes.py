"""Trials on several nodes, with several GPUs or a node for themselves, on a real Slurm."""

import contextlib
import os
import shutil
import signal
from pathlib import Path

import psutil
import pytest

from tests.cluster_fixture import DevCluster
from tests.docs.pages import page
from tests.toy_fixture import Toy, make_toy

SCRIPT, STUDY = (block.text for block in page("commands.md").blocks if "Several nodes" in block.section)
SHELL = """
study: nodes
shapes: {wide: {nodes: 2, cpus: 2, memory: 500MB, time: 10min}}
stages:
  a: {command: [bash, -c, 'SCRIPT'], shape: wide}
"""
HOLD = (
    'echo $$ > "$ORCHESTRATOR_CHECKPOINT/pid$ORCHESTRATOR_NODE"; '
    'while [ ! -e "$ORCHESTRATOR_CHECKPOINT/go" ]; do sleep 0.1; done'
)
SUBMIT = ("submit", "study.yaml", "--cluster", "dev")


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Give a folder with the page's script."""
    toy = make_toy(tmp_path)
    (toy.folder / "train.py").write_text(SCRIPT)
    return toy


def checkpoint(toy: Toy, name: str) -> Path | None:
    return next((toy.folder / "runs").glob(f"trials/*/*/checkpoint/{name}"), None)


def pids(toy: Toy) -> list[int]:
    """Return the programs of both nodes, once they are there."""
    toy.wait(lambda: all((file := checkpoint(toy, name)) and file.read_text() for name in ("pid0", "pid1")))
    return [int((checkpoint(toy, name) or Path()).read_text()) for name in ("pid0", "pid1")]


def log(toy: Toy, attempt: int = 1) -> str:
    return next((toy.folder / "runs").glob(f"trials/*/*/attempts/{attempt:03d}/log.txt")).read_text()


def gone(found: list[int]) -> bool:
    return not any(map(lives, found))


def lives(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != "zombie"
    return False


def metrics(toy: Toy) -> dict[str, float]:
    (trial,) = toy.trials("nodes")
    found: dict[str, float] = toy.result(trial["id"])["metrics"]
    return found


def test_torchrun_meets_on_two_nodes(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(STUDY)
    toy.type(*SUBMIT)
    toy.done("nodes", 1)

    assert metrics(toy) == {"sum": 0 + 1 + 2 + 3, "steps": 5}


def test_what_was_stopped_goes_on_where_it_was(toy: Toy, dev_cluster: DevCluster) -> None:
    held = "while step == 3 and not told and not os.path.exists(os.environ['GO']): time.sleep(0.05)"
    (toy.folder / "train.py").write_text(SCRIPT.replace("time.sleep(0.1)", held))
    toy.study(
        STUDY.replace("--steps 5", "--steps 7").replace(
            "    shape: wide", f"    shape: wide\n    environment: {{GO: '{toy.folder}/go'}}"
        )
    )
    toy.type(*SUBMIT)
    toy.wait(lambda: (file := checkpoint(toy, "step")) and file.read_text() == "3")
    toy.type("cancel", "nodes")
    toy.wait(lambda: toy.trials("nodes")[0]["state"] == "CANCELLED")
    toy.let_go()
    toy.type("retry", "nodes")
    toy.done("nodes", 1)

    assert "from step 5" in log(toy, 2)
    assert metrics(toy) == {"sum": 6, "steps": 7}


def test_a_rank_that_fails_fails_the_trial_once(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(STUDY.replace("--steps 5", "--steps 100000 --fail 3"))
    toy.type(*SUBMIT)
    toy.wait(lambda: toy.trials("nodes")[0]["state"] == "FAILED")

    assert toy.trials("nodes")[0]["attempts"] == 1


def test_a_killed_worker_leaves_nothing_on_other_nodes(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(SHELL.replace("SCRIPT", HOLD))
    toy.type(*SUBMIT)
    found = pids(toy)
    for program in psutil.process_iter(["cmdline"]):
        words = program.info["cmdline"] or ()
        if "orchestrator.engine.work" in words and str(toy.folder) in " ".join(words):
            with contextlib.suppress(ProcessLookupError):  # its runner ends with it
                os.kill(program.pid, signal.SIGKILL)
    toy.wait(lambda: gone(found))
    toy.type("cancel", "nodes")

    assert gone(found)


def test_what_does_not_stop_is_killed_on_every_node(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(SHELL.replace("SCRIPT", 'trap "" TERM; ' + HOLD).replace("time:", "grace: 4s, time:"))
    toy.type(*SUBMIT)
    found = pids(toy)
    toy.type("cancel", "nodes")

    toy.wait(lambda: gone(found))


@pytest.mark.parametrize(
    ("shape", "script", "printed"),
    [
        ("gpus: 2", "echo seen $CUDA_VISIBLE_DEVICES", "seen 0,1"),
        ("gpus: 2, gpu: k40", "echo seen $CUDA_VISIBLE_DEVICES", "seen 0,1"),
        ("exclusive: true", "echo seen $SLURM_JOB_CPUS_PER_NODE", "seen 12"),
        ("partition: short", "echo seen $SLURM_JOB_PARTITION", "seen short"),
        ("sbatch: {nodelist: pg-gpu03, nice: 10}", "echo seen $SLURMD_NODENAME", "seen pg-gpu03"),
    ],
)
def test_what_a_shape_asks_for_is_given(
    toy: Toy, dev_cluster: DevCluster, shape: str, script: str, printed: str
) -> None:
    toy.study(SHELL.replace("nodes: 2, ", f"{shape}, ").replace("SCRIPT", script))
    toy.type(*SUBMIT)
    toy.done("nodes", 1)

    assert printed in log(toy)


def test_lulesh_runs_on_two_nodes(toy: Toy, dev_cluster: DevCluster) -> None:
    peers = Path(__file__).resolve().parents[1] / "peers"
    for program in ("lulesh.py", "summary.py"):
        shutil.copy(peers / "programs" / program, toy.folder)
    shutil.copy(peers / "maestro_lulesh.yaml", toy.folder / "study.yaml")
    smaller = [f"--set=axes.{each}" for each in ("size=[10, 20]", "iterations=[10]", "trial=[1]")]
    toy.type(*SUBMIT, *smaller)
    toy.done("maestro_lulesh", 8)

    runs = [toy.trial_folder(trial["id"]) for trial in toy.trials("maestro_lulesh", "run")]
    printed = [(folder / "attempts/001/log.txt").read_text().count("Grind time") for folder in runs]
    assert printed == [2, 2]
