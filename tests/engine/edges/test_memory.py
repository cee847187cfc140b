from pathlib import Path

import pytest

from orchestrator.engine.edges.memory import memory_kills


@pytest.mark.parametrize(
    ("line", "file", "text"),
    [
        ("0::/slurm/job_7", "slurm/job_7/memory.events", "oom 3\noom_kill 2\noom_group_kill 0\n"),
        ("9:cpu,memory:/slurm/job_7", "memory/slurm/job_7/memory.oom_control", "under_oom 0\noom_kill 2\n"),
    ],
    ids=["version 2", "version 1"],
)
def test_the_kernels_count_is_read(tmp_path: Path, line: str, file: str, text: str) -> None:
    (tmp_path / "cgroup").write_text(f"{line}\n")
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(text)

    assert memory_kills(tmp_path / "cgroup", tmp_path) == 2


def test_where_the_kernel_does_not_tell_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "cgroup").write_text("0::/gone\n")

    assert memory_kills(tmp_path / "cgroup", tmp_path) == 0
