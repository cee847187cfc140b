from pathlib import Path

import pytest

from orchestrator.drill import faults
from orchestrator.drill.faults import FAULTS
from orchestrator.drill.faults.fault import Fault


def test_every_file_of_a_fault_stands_in_the_table() -> None:
    files = {path.stem for path in Path(faults.__file__).parent.glob("*.py")} - {"__init__", "fault"}

    assert {fault.__module__.rpartition(".")[2] for fault in FAULTS.values()} == files


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_in_one_sentence(name: str) -> None:
    assert FAULTS[name].about.count("\n") == 0


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_called_what_its_file_is_called(name: str) -> None:
    assert FAULTS[name].__module__.endswith(f".{name}")


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_strikes_or_looks_for_itself(name: str) -> None:
    own = FAULTS[name]

    assert own.strike is not Fault.strike or own.meet is not Fault.meet
