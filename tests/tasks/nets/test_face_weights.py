import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tasks.nets import face_weights


def test_file_lies_where_torch_keeps_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert face_weights.VGGFACE2.path_of("vggface2") == tmp_path / "hub/checkpoints/resnet50_ft_weight.pkl"


def test_absent_file_says_where_from_and_where_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (message,) = face_weights.VGGFACE2.missing("vggface2")
    assert f"not found at `{tmp_path}/hub/checkpoints/resnet50_ft_weight.pkl`\nhint: lay" in message
    assert "README of github.com/cydonia999/VGGFace2-pytorch" in message


def test_random_start_needs_no_file() -> None:
    assert (face_weights.VGGFACE2.missing("none"), face_weights.read("none")) == ([], None)


def test_reading_an_absent_file_raises_the_same_message(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"mine\.pkl"):
        face_weights.read(str(tmp_path / "mine.pkl"))


@pytest.mark.parametrize("suffix", [".pkl", ".pth", ".safetensors"])
def test_every_form_is_read(tmp_path: Path, suffix: str) -> None:
    path, array = tmp_path / f"mine{suffix}", np.arange(3, dtype=np.float32)
    if suffix == ".pkl":
        path.write_bytes(pickle.dumps({"a": array}))
    elif suffix == ".pth":
        torch.save({"a": torch.from_numpy(array)}, path)
    else:
        save_file({"a": torch.from_numpy(array)}, path)
    found = face_weights.read(str(path))
    assert found is not None
    assert found["a"].tolist() == [0, 1, 2]
