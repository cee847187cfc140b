"""Where the recognition network starts: from the weights of VGGFace2's authors, a file, or at random.

This file imports no torch at the top: a study is checked with it before anything is queued.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tasks.nets.weights import NONE, hub_folder

if TYPE_CHECKING:
    from torch import Tensor

VGGFACE2 = "vggface2"
# ResNet-50 trained on MS-Celeb-1M and then on VGGFace2, converted from Caffe: arrays by name in a pickle.
FILE = "resnet50_ft_weight.pkl"
ORIGIN = "the link `resnet50_ft` in the README of github.com/cydonia999/VGGFace2-pytorch"


def path_of(source: str) -> Path | None:
    """Return the file that a source stands for, or None for a random start."""
    if source == NONE:
        return None
    return hub_folder() / FILE if source == VGGFACE2 else Path(source).expanduser()


def missing(source: str) -> list[str]:
    """Return what a user must know before queueing: nothing, or one message about the weight file."""
    path = path_of(source)
    if path is None or path.is_file():
        return []
    hint = (
        f"lay {FILE} there (from {ORIGIN}), give the path of a .pkl, .pth or .safetensors file, "
        "or set `weights: none` for a random start"
    )
    return [f"weights of the recognition network not found at `{path}`\nhint: {hint}"]


def read(source: str) -> dict[str, Tensor] | None:
    """Return the weights by name, or None for a random start; FileNotFoundError with what to type next."""
    import torch

    from tasks.nets import pickled, weights

    problems = missing(source)
    if problems:
        raise FileNotFoundError(problems[0])
    path = path_of(source)
    if path is None:
        return None
    if path.suffix == ".pkl":
        return {name: torch.from_numpy(array) for name, array in pickled.read_arrays(path).items()}
    return weights.read_file(path)
