from typing import Any

import pytest

from orchestrator.doctor.check_machine import Machine, check_machine
from orchestrator.doctor.examination import Mark
from orchestrator.doctor.party import Module
from tests.doctor.views import view


def marks(**changes: Any) -> dict[str, Mark]:
    values: dict[str, Any] = {
        "cores": 8,
        "memory": 32000,
        "gpus": ("0",),
        "dies_with_parent": True,
        "pidfd": True,
        "slurm": False,
    }
    trouble = {"driver": changes.pop("driver", "")}
    seen = view("login", modules={"torch": Module(gpus=changes.pop("torch", 1))}, gpu_trouble=trouble)
    found = check_machine(Machine(**(values | changes)), {"one": seen})
    return {finding.check: finding.mark for finding in found}


def test_a_machine_with_everything_is_all_right() -> None:
    assert set(marks().values()) == {Mark.OK}


@pytest.mark.parametrize(
    ("changes", "check", "mark"),
    [
        ({"memory": 1000}, "memory", Mark.NOTE),
        ({"pidfd": False}, "watching trials", Mark.WRONG),
        ({"dies_with_parent": False}, "watching trials", Mark.WRONG),
        ({"torch": 0}, "GPUs", Mark.WRONG),
        ({"driver": "it hangs"}, "GPUs", Mark.WRONG),
        ({"torch": None}, "GPUs", Mark.UNKNOWN),
        ({"gpus": ()}, "GPUs", Mark.OK),
        ({"slurm": True}, "slurm", Mark.NOTE),
    ],
)
def test_what_a_machine_may_lack(changes: dict[str, Any], check: str, mark: Mark) -> None:
    assert marks(**changes)[check] is mark
