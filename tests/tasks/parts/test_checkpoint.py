import hashlib
from pathlib import Path

import pytest
import torch

from tasks.parts import checkpoint


def corrupt(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10] + b"0123456789")


def test_content_comes_back(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, 3, {"weights": torch.arange(3), "epoch": 2})
    content = checkpoint.load(tmp_path)
    assert content is not None
    assert (content["weights"].tolist(), content["epoch"]) == ([0, 1, 2], 2)


def test_empty_folder_holds_none(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path) is None


def test_name_tells_step_and_digest(tmp_path: Path) -> None:
    path = checkpoint.save(tmp_path, 120, {})
    assert path.name == f"step-000000120-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}.pt"


def test_newest_wins(tmp_path: Path) -> None:
    for step in (10, 9, 11):
        checkpoint.save(tmp_path, step, {"step": step})
    assert checkpoint.load(tmp_path) == {"step": 11}


def test_two_are_kept(tmp_path: Path) -> None:
    for step in range(5):
        checkpoint.save(tmp_path, step, {})
    assert [path.name[:14] for path in checkpoint.saved(tmp_path)] == ["step-000000004", "step-000000003"]


def test_second_save_of_a_step_wins(tmp_path: Path) -> None:
    for value in (1, 2):
        checkpoint.save(tmp_path, 7, {"value": value})
    assert checkpoint.load(tmp_path) == {"value": 2}


def test_corrupt_newest_falls_back_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    checkpoint.save(tmp_path, 1, {"step": 1})
    corrupt(checkpoint.save(tmp_path, 2, {"step": 2}))
    assert checkpoint.load(tmp_path) == {"step": 1}
    assert "is left out: its content has digest" in caplog.text


def test_empty_newest_falls_back(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, 1, {"step": 1})
    checkpoint.save(tmp_path, 2, {"step": 2}).write_bytes(b"")
    assert checkpoint.load(tmp_path) == {"step": 1}


def test_other_format_falls_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "beside"
    torch.save({"format": 99, "step": 5, "content": {}}, path)
    path.rename(tmp_path / f"step-000000005-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}.pt")
    assert checkpoint.load(tmp_path) is None
    assert "its format is 99, this program reads 1" in caplog.text


def test_code_in_a_file_is_not_executed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    checkpoint.save(tmp_path, 1, {"bad": Path.cwd})
    assert checkpoint.load(tmp_path) is None
    assert "is left out" in caplog.text


def test_failed_save_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="local object"):
        checkpoint.save(tmp_path, 1, {"bad": lambda: None})
    assert list(tmp_path.iterdir()) == []


def test_torn_file_of_a_dead_attempt_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "writing-1.tmp").write_bytes(b"half")
    assert checkpoint.load(tmp_path) is None


def test_what_a_killed_attempt_was_writing_is_removed(tmp_path: Path) -> None:
    (tmp_path / "writing-1.tmp").write_bytes(b"half")
    checkpoint.save(tmp_path, 1, {})
    assert not list(tmp_path.glob("writing-*"))
