"""VGG-Face's published weights: a file that its authors' release was converted to, or a random start.

The release is for Caffe, Torch 7 and MatConvNet (robots.ox.ac.uk/~vgg/software/vgg_face). Names as in
prlz77/vgg-face.pytorch (`conv_1_1.weight`) and in common conversions (`conv1_1.weight`) are both read.
This file imports no torch at the top: a study is checked with it before anything is queued.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.nets import weights

if TYPE_CHECKING:
    from torch import Tensor

PUBLISHED = "vgg_face"
FILE = "vgg_face.pth"


def path_of(source: str) -> Path | None:
    """Return the file that a source stands for, or None for a random start."""
    if source == weights.NONE:
        return None
    return weights.hub_folder() / FILE if source == PUBLISHED else Path(source).expanduser()


def missing(source: str) -> list[str]:
    """Return what a user must know before queueing: nothing, or one message about the file."""
    path = path_of(source)
    if path is None or path.is_file():
        return []
    hint = (
        "convert the release of robots.ox.ac.uk/~vgg/software/vgg_face to a state dict "
        "(prlz77/vgg-face.pytorch does) and save it there, give `weights: PATH`, "
        "or set `weights: none` for a random start"
    )
    return [f"weights of VGG-Face not found at `{path}`\nhint: {hint}"]


def read(source: str) -> dict[str, Tensor] | None:
    """Return the weights by the names of `vgg_face.build`, or None for a random start; FileNotFoundError."""
    problems = missing(source)
    if problems:
        raise FileNotFoundError(problems[0])
    path = path_of(source)
    if path is None:
        return None
    return {_own_name(name): tensor for name, tensor in weights.read_file(path).items()}


def _own_name(name: str) -> str:
    return re.sub(r"^conv(\d)_(\d)\.", r"conv_\1_\2.", name)
