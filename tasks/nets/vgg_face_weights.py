"""VGG-Face's published weights: a file that its authors' release was converted to, or a random start.

The release is for Caffe, Torch 7 and MatConvNet (robots.ox.ac.uk/~vgg/software/vgg_face). Names as in
prlz77/vgg-face.pytorch (`conv_1_1.weight`) and in common conversions (`conv1_1.weight`) are both read.
This file imports no torch at the top: a study is checked with it before anything is queued.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.nets import weights
from tasks.nets.published import Published

if TYPE_CHECKING:
    from torch import Tensor

VGG_FACE = Published(
    name="vgg_face",
    net="VGG-Face",
    file="vgg_face.pth",
    hint=(
        "convert the release of robots.ox.ac.uk/~vgg/software/vgg_face to a state dict "
        "(prlz77/vgg-face.pytorch does) and save it there, give `weights: PATH`, "
        "or set `weights: none` for a random start"
    ),
)


def read(source: str) -> dict[str, Tensor] | None:
    """Return the weights by the names of `vgg_face.build`, or None for a random start; FileNotFoundError."""
    path = VGG_FACE.require(source)
    if path is None:
        return None
    return {_own_name(name): tensor for name, tensor in weights.read_file(path).items()}


def _own_name(name: str) -> str:
    return re.sub(r"^conv(\d)_(\d)\.", r"conv_\1_\2.", name)
