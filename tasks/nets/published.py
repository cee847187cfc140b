"""Weights of face networks, which have to be converted: `python -m tasks.fetch` does, or a user.

The release of VGG-Face is for Caffe, Torch 7 and MatConvNet (robots.ox.ac.uk/~vgg/software/vgg_face). That of
VGGFace2 is a ResNet-50 trained on MS-Celeb-1M and then on VGGFace2, converted from Caffe.

This file imports no torch at the top: a study is checked with it before anything is queued.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tasks.nets.weights import NONE, hub_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One such file; a study names it, gives the path of another file, or asks for a random start."""

    name: str  # what a study calls it
    net: str  # what the weights are of
    file: str  # where it lies in torch's hub folder, as published or converted by others
    converted: str  # where it lies there, as `python -m tasks.fetch` writes it
    fetched_as: str  # what `python -m tasks.fetch` calls it
    by_hand: str  # how to get it otherwise, and what to do without

    def path_of(self, source: str) -> Path | None:
        """Return the file that a source stands for, or None for a random start."""
        if source == NONE:
            return None
        if source != self.name:
            return Path(source).expanduser()
        ours = hub_folder() / self.converted
        return ours if ours.is_file() else hub_folder() / self.file

    def missing(self, source: str) -> list[str]:
        """Return what a user must know before queueing: nothing, or one message about the file."""
        path = self.path_of(source)
        if path is None or path.is_file():
            return []
        return [self.lack(path)]

    def lack(self, path: Path) -> str:
        """Return the message about a file that is not at a path."""
        hint = f"type `python -m tasks.fetch {self.fetched_as}` on a login node; or {self.by_hand}"
        return f"weights of {self.net} not found at `{path}`\nhint: {hint}"

    def require(self, source: str) -> Path | None:
        """Return the same as `path_of`; FileNotFoundError, with what to do, where there is no such file."""
        problems = self.missing(source)
        if problems:
            raise FileNotFoundError(problems[0])
        return self.path_of(source)


VGG_FACE = Published(
    name="vgg_face",
    net="VGG-Face",
    file="vgg_face.pth",
    converted="vgg_face.pth",
    fetched_as="vgg_face",
    by_hand=(
        "convert the release of robots.ox.ac.uk/~vgg/software/vgg_face to a state dict "
        "(prlz77/vgg-face.pytorch does) and save it there, give `weights: PATH`, "
        "or set `weights: none` for a random start"
    ),
)
VGGFACE2 = Published(
    name="vggface2",
    net="the recognition network",
    file="resnet50_ft_weight.pkl",
    converted="resnet50_ft_weight.safetensors",
    fetched_as="vggface2_weights",  # the dataset has the other name
    by_hand=(
        "lay resnet50_ft_weight.pkl there (from the link `resnet50_ft` in the README of "
        "github.com/cydonia999/VGGFace2-pytorch), give the path of a .pkl, .pth or .safetensors file, "
        "or set `weights: none` for a random start"
    ),
)
