from pathlib import Path

import psutil
import pytest

from orchestrator.files.file_system import file_system_of

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
scratch /home/me/my\\040runs lustre rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/runs", ("ext4", "/")),
        ("/home/me", ("nfs4", "/home")),
        ("/home/me/my runs/a", ("lustre", "/home/me/my runs")),
        ("/homes", ("ext4", "/")),
    ],
)
def test_the_deepest_mount_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, found: tuple[str, str]
) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self/mounts").write_text(MOUNTS)
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))

    assert file_system_of(Path(path)) == found


def test_this_machine_has_mounts() -> None:
    assert file_system_of(Path("/proc/self")) == ("proc", "/proc")
