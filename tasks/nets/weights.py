"""Where a network's starting weights come from: ImageNet, a local file, or a seeded random start.

`python -m tasks.fetch vgg16 vgg19 resnet50 resnet18` fetches the ImageNet files on a login node.
This file imports no torch at the top: a study is checked with it before anything is queued.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from tasks.parts.params import EncoderName

if TYPE_CHECKING:
    from torch import Tensor

ImagenetNet: TypeAlias = EncoderName | Literal["resnet18"]

IMAGENET = "imagenet"
NONE = "none"

# File names of torchvision's IMAGENET1K_V1 weights; a test compares them with torchvision's own addresses.
IMAGENET_FILES: dict[ImagenetNet, str] = {
    "vgg16": "vgg16-397923af.pth",
    "vgg19": "vgg19-dcbb9e9d.pth",
    "resnet50": "resnet50-0676ba61.pth",
    "resnet18": "resnet18-f37072fd.pth",
}


def path_of(net: ImagenetNet, source: str) -> Path | None:
    """Return the file that a source stands for, or None for a random start."""
    if source == NONE:
        return None
    return hub_folder() / IMAGENET_FILES[net] if source == IMAGENET else Path(source).expanduser()


def missing(net: ImagenetNet, source: str) -> list[str]:
    """Return what a user must know before queueing: nothing, or one message about a weight file."""
    path = path_of(net, source)
    if path is None or path.is_file():
        return []
    if source != IMAGENET:
        hint = "give `imagenet`, `none` or the path of a .pth or .safetensors file"
        return [f"weights of {net} not found at `{path}`\nhint: {hint}"]
    return [lack(net, path)]


def lack(net: ImagenetNet, path: Path) -> str:
    """Return the message about ImageNet weights that are not at a path."""
    hint = (
        f"type `python -m tasks.fetch {net}` on a login node (TORCH_HOME as in the jobs), "
        "or set `weights: none` for a random start"
    )
    found = f"ImageNet weights of {net} not found at `{path}`; compute nodes usually have no network"
    return f"{found}\nhint: {hint}"


def read(net: ImagenetNet, source: str) -> dict[str, Tensor] | None:
    """Return the weights by name, or None for a random start; FileNotFoundError with what to type next."""
    problems = missing(net, source)
    if problems:
        raise FileNotFoundError(problems[0])
    path = path_of(net, source)
    return None if path is None else read_file(path)


def read_file(path: Path) -> dict[str, Tensor]:
    """Read a .safetensors file or a state dict saved by torch; code inside the file is never executed.

    Raises ValueError when the file holds anything else than arrays by name.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        asked = str(error).rpartition("WeightsUnpickler error: ")[2].split("\n")[0]
        raise ValueError(f"`{path}` is no file of weights: {asked}\nhint: fetch it again") from error
    if not isinstance(loaded, dict) or not all(isinstance(value, torch.Tensor) for value in loaded.values()):
        raise ValueError(f"`{path}` holds something else than arrays by name\nhint: save a `state_dict()`")
    return loaded


def hub_folder() -> Path:
    """Return where torch keeps weight files: the rule of torch.hub, whose import would cost seconds."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("TORCH_HOME") or f"{cache}/torch"
    return checkpoints(Path(home).expanduser())


def checkpoints(torch_home: Path) -> Path:
    """Return the folder of weight files below a TORCH_HOME."""
    return torch_home / "hub" / "checkpoints"
