from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from tasks.nets import vgg_face_weights

if TYPE_CHECKING:
    from pathlib import Path


def test_random_start_needs_no_file() -> None:
    assert vgg_face_weights.VGG_FACE.missing("none") == []


def test_published_weights_lie_where_torch_keeps_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    assert (
        f"not found at `{tmp_path}/hub/checkpoints/vgg_face.pth`"
        in vgg_face_weights.VGG_FACE.missing("vgg_face")[0]
    )


def test_absent_file_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="hint: convert the release"):
        vgg_face_weights.read(str(tmp_path / "absent.pth"))


@pytest.mark.parametrize("name", ["conv_1_1.weight", "conv1_1.weight"])
def test_both_spellings_are_read(tmp_path: Path, name: str) -> None:
    torch.save({name: torch.ones(1), "fc6.bias": torch.zeros(1)}, tmp_path / "weights.pth")
    given = vgg_face_weights.read(str(tmp_path / "weights.pth"))

    assert given is not None
    assert given.keys() == {"conv_1_1.weight", "fc6.bias"}
