"""Where the recognition network starts: from the weights of VGGFace2's authors, a file, or at random.

This file imports no torch at the top: a study is checked with it before anything is queued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.nets.published import Published

if TYPE_CHECKING:
    from torch import Tensor

# ResNet-50 trained on MS-Celeb-1M and then on VGGFace2, converted from Caffe: arrays by name in a pickle.
VGGFACE2 = Published(
    name="vggface2",
    net="the recognition network",
    file="resnet50_ft_weight.pkl",
    hint=(
        "lay resnet50_ft_weight.pkl there (from the link `resnet50_ft` in the README of "
        "github.com/cydonia999/VGGFace2-pytorch), give the path of a .pkl, .pth or .safetensors file, "
        "or set `weights: none` for a random start"
    ),
)


def read(source: str) -> dict[str, Tensor] | None:
    """Return the weights by name, or None for a random start; FileNotFoundError with what to type next."""
    import torch

    from tasks.nets import pickled, weights

    path = VGGFACE2.require(source)
    if path is None:
        return None
    if path.suffix == ".pkl":
        return {name: torch.from_numpy(array) for name, array in pickled.read_arrays(path).items()}
    return weights.read_file(path)
