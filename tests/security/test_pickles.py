"""A weight file, a checkpoint or an artifact that would run something when it is unpickled runs nothing."""

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tasks.nets import pickled, recognition, vgg_face, weights
from tasks.parts import checkpoint


class Canary:
    """Leaves a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, (f"open({str(self.path)!r}, 'w').close()",)


@pytest.fixture
def canary(tmp_path: Path) -> Canary:
    """Give an object that must never be unpickled; that it could hurt is shown on the way."""
    canary = Canary(tmp_path / "canary")
    pickle.loads(pickle.dumps(canary))
    canary.path.unlink()
    return canary


def as_torch(folder: Path, content: object, suffix: str = ".pth") -> Path:
    torch.save(content, folder / f"weights{suffix}")
    return folder / f"weights{suffix}"


def as_pickle(folder: Path, content: object, suffix: str = ".pkl") -> Path:
    (folder / f"weights{suffix}").write_bytes(pickle.dumps(content))
    return folder / f"weights{suffix}"


@pytest.mark.parametrize("write", [as_torch, as_pickle])
def test_published_weights(tmp_path: Path, canary: Canary, write: Callable[[Path, object], Path]) -> None:
    path = write(tmp_path, {"conv.weight": torch.zeros(1), "x": canary})
    readers: list[Callable[[], object]] = [
        lambda: weights.read("resnet50", str(path)),
        lambda: recognition.read_weights(str(path)),
        lambda: vgg_face.read_weights(str(path)),
    ]

    for read in readers:
        with pytest.raises(ValueError, match=f"{path.name}"):
            read()
    assert not canary.path.exists()


@pytest.mark.parametrize("content", [[1, 2], {"a": 1}, {"a": {"b": torch.zeros(1)}}, torch.zeros(2)])
def test_weights_that_are_not_arrays_by_name_are_told(tmp_path: Path, content: object) -> None:
    with pytest.raises(ValueError, match="arrays by name"):
        weights.read_file(as_torch(tmp_path, content))


def test_a_file_that_is_no_weights_at_all_is_told(tmp_path: Path) -> None:
    for suffix in (".pth", ".safetensors"):
        (tmp_path / f"w{suffix}").write_bytes(b"\0" * 100)
        with pytest.raises(ValueError, match=r"is no file of weights: .*\n?hint: fetch it again"):
            weights.read_file(tmp_path / f"w{suffix}")


def test_a_checkpoint_of_a_right_name_falls_back_to_the_one_before(tmp_path: Path, canary: Canary) -> None:
    checkpoint.save(tmp_path, 1, {"good": 1})
    laid = as_torch(tmp_path, {"format": 1, "step": 2, "content": canary})
    digest = hashlib.sha256(laid.read_bytes()).hexdigest()[:16]
    laid.rename(tmp_path / f"step-{2:09d}-{digest}.pt")

    assert checkpoint.load(tmp_path) == {"good": 1}
    assert not canary.path.exists()


@pytest.mark.parametrize("content", [[], {"step": 2}, {"format": 1}, 3])
def test_a_checkpoint_of_another_form_falls_back_to_the_one_before(tmp_path: Path, content: object) -> None:
    checkpoint.save(tmp_path, 1, {"good": 1})
    laid = as_torch(tmp_path, content)
    digest = hashlib.sha256(laid.read_bytes()).hexdigest()[:16]
    laid.rename(tmp_path / f"step-{2:09d}-{digest}.pt")

    assert checkpoint.load(tmp_path) == {"good": 1}


CALLS = {
    "a codec": b"\x80\x02c_codecs\nencode\nU\x04abcdU\x05rot13\x86R.",
    "a module of numpy": pickle.dumps(np.load),
    "an attribute by a dotted name": b"\x80\x04\x8c\x05numpy\x8c\x0fndarray.tofile\x93.",
    "too few arguments": b"\x80\x02cnumpy\ndtype\n)R.",
    "an attribute of an array": b"\x80\x02cnumpy\nndarray\n}b.",
    "nothing on the stack": b"\x80\x02R.",
}


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_a_pickle_of_arrays_may_call_nothing_else(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "w.pkl").write_bytes(text)

    with pytest.raises(ValueError, match=r"w\.pkl` is not a pickle of numpy arrays"):
        pickled.read_arrays(tmp_path / "w.pkl")
