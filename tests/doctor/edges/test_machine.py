from pathlib import Path

from orchestrator.doctor.edges.machine import look_at_folder, look_at_machine


def test_this_machine_can_watch_trials() -> None:
    machine = look_at_machine()

    assert machine.pidfd
    assert machine.dies_with_parent


def test_a_folder_has_room(tmp_path: Path) -> None:
    assert look_at_folder(tmp_path).free > 0
