from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from orchestrator.drill.edges.artifact_digest import artifact_digests

NOTES = {f"note {number}": "x" for number in range(20)}


def tensors(folder: Path, value: float, notes: dict[str, str]) -> dict[str, str]:
    """Return the digests of a folder with one file of tensors."""
    folder.mkdir()
    save_file({"a": torch.full((3,), value)}, folder / "model.safetensors", notes)
    return artifact_digests(folder)


def text(folder: Path, content: str) -> dict[str, str]:
    """Return the digests of a folder with one JSON file."""
    folder.mkdir()
    (folder / "x.json").write_text(content)
    return artifact_digests(folder)


def test_the_order_of_metadata_is_no_difference(tmp_path: Path) -> None:
    assert len({tensors(tmp_path / str(time), 1, NOTES)["model.safetensors"] for time in range(5)}) == 1


@pytest.mark.parametrize(("value", "notes"), [(1.0000001, NOTES), (1, {**NOTES, "note 1": "y"})])
def test_other_tensors_and_other_metadata_are(tmp_path: Path, value: float, notes: dict[str, str]) -> None:
    assert tensors(tmp_path / "a", 1, NOTES) != tensors(tmp_path / "b", value, notes)


def test_timings_in_json_are_no_difference(tmp_path: Path) -> None:
    one = text(tmp_path / "a", '[{"loss": 1, "timing_s": 1}]')

    assert one == text(tmp_path / "b", '[{"timing_s": 2, "loss": 1}]')
    assert one != text(tmp_path / "c", '[{"loss": 2, "timing_s": 1}]')


def test_what_only_looks_like_a_format_is_taken_as_bytes(tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_bytes(b"\xff" * 30)
    (tmp_path / "x.json").write_text("{")

    assert set(artifact_digests(tmp_path)) == {"x.json", "x.safetensors"}
