from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file

from tasks.nets import weights


@pytest.mark.parametrize("name", weights.IMAGENET_FILES)
def test_file_name_is_that_of_torchvision(name: weights.ImagenetNet) -> None:
    url = torchvision.models.get_model_weights(name).IMAGENET1K_V1.url
    assert weights.IMAGENET_FILES[name] == url.rsplit("/", 1)[1]


def test_files_lie_where_torch_hub_looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    path = weights.path_of("vgg16", "imagenet")
    assert path is not None
    assert path.parent == Path(torch.hub.get_dir()) / "checkpoints"


def test_without_torch_home_the_cache_folder_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TORCH_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights.path_of("vgg16", "imagenet") == tmp_path / "torch/hub/checkpoints/vgg16-397923af.pth"


def test_absent_imagenet_weights_say_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (message,) = weights.missing("vgg19", "imagenet")
    assert f"{tmp_path}/hub/checkpoints/vgg19-dcbb9e9d.pth" in message
    assert "hint: type `python -m tasks.fetch vgg19` on a login node" in message


def test_random_start_needs_no_file() -> None:
    assert weights.missing("vgg16", "none") == []


def test_absent_local_file_is_named(tmp_path: Path) -> None:
    (message,) = weights.missing("vgg16", str(tmp_path / "mine.pth"))
    assert f"weights of vgg16 not found at `{tmp_path}/mine.pth`" in message


def test_reading_absent_weights_raises_the_same_message(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"mine\.pth"):
        weights.read("vgg16", str(tmp_path / "mine.pth"))


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_local_file_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mine{suffix}"
    state = {"a": torch.arange(3.0)}
    save_file(state, path) if suffix == ".safetensors" else torch.save(state, path)
    found = weights.read("vgg16", str(path))
    assert found is not None
    assert torch.equal(found["a"], state["a"])
