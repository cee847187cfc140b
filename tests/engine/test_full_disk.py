"""A disk that becomes full under a study: a small file system of its own, so root is needed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toy_fixture import Toy

pytestmark = pytest.mark.slow

TASK = """
from pydantic import BaseModel

class Params(BaseModel):
    lr: float = 0.1

def train(params: Params, context) -> dict[str, float]:
    with (context.checkpoint / "big").open("wb") as file:
        for _ in range(32):
            file.write(b"x" * 65536)
            file.flush()
    return {"loss": params.lr}
"""
STUDY = "study: s\naxes: {lr: [0.1, 0.2, 0.3]}\nstages:\n  train: {task: filler.train, over: [lr]}\n"


@pytest.fixture
def disk(toy: Toy) -> Iterator[Path]:
    """Give an empty file system of 5 MB that can grow: room for the program, and for less than a trial."""
    runs = toy.folder / "runs"
    runs.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(runs)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"NOT TESTED: no small disk here: {mounted.stderr.strip()}")
    (toy.folder / "filler.py").write_text(TASK)
    toy.study(STUDY)
    yield runs
    subprocess.run(["umount", "--lazy", str(runs)], check=True)


def test_the_trial_says_that_the_disk_is_full(toy: Toy, disk: Path) -> None:
    toy.type("submit", "study.yaml", code=1)
    kinds = [trial["failure"]["kind"] for trial in toy.trials("s") if trial["state"] == "FAILED"]

    assert set(kinds) == {"disk_full"}


def test_once_there_is_room_the_study_goes_on(toy: Toy, disk: Path) -> None:
    toy.type("submit", "study.yaml", code=1)
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    toy.type("retry", "s")
    toy.type("submit", "study.yaml")

    assert toy.json("status", "s")["states"] == {"DONE": 3}


def test_nothing_torn_is_left(toy: Toy, disk: Path) -> None:
    toy.type("submit", "study.yaml", code=1)
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    toy.type("retry", "s")
    toy.type("submit", "study.yaml")

    assert [path.name for path in disk.rglob(".*.json.*")] == []
