from pathlib import Path

import pytest

from orchestrator.doctor.edges.machine import kind_of, look_at_folder, look_at_machine

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
scratch /home/me/my\\040runs lustre rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/runs", "ext4"), ("/home/me", "nfs4"), ("/home/me/my runs/a", "lustre"), ("/homes", "ext4")],
)
def test_the_deepest_mount_counts(path: str, kind: str) -> None:
    assert kind_of(Path(path), MOUNTS) == kind


def test_this_machine_can_watch_trials() -> None:
    machine = look_at_machine()

    assert machine.pidfd
    assert machine.dies_with_parent


def test_a_folder_has_room(tmp_path: Path) -> None:
    assert look_at_folder(tmp_path).free > 0
