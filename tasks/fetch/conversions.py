"""Bring published weights into the form that the tasks read: names, and blue before green before red.

Both were imported from MatConvNet (github.com/albanie/pytorch-mcn), whose networks see red first; the tasks
show them pictures as Caffe does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file

from tasks.fetch.download import FetchError
from tasks.nets import recognition, vgg_face, weights
from tasks.nets.published import VGG_FACE, VGGFACE2

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

PEOPLE = 8631
_CONVOLUTIONS = {"1x1_reduce": "conv1", "3x3": "conv2", "1x1_increase": "conv3", "1x1_proj": "downsample.0"}
_NORMS = {"1x1_reduce": "bn1", "3x3": "bn2", "1x1_increase": "bn3", "1x1_proj": "downsample.1"}
_LAYER = re.compile(rf"conv(\d)_(\d)_({'|'.join(_CONVOLUTIONS)})(_bn)?\.(.+)")
_OTHERS = {"conv1_7x7_s2_bn": "bn1", "conv1_7x7_s2": "conv1", "classifier": "fc"}
_COUNTER = "num_batches_tracked"
"""Of each batch normalisation; Caffe has none."""


def convert(name: str, source: Path, target: Path) -> None:
    """Write the weights of that name from a file as it was fetched.

    Raises FetchError when it holds other weights.
    """
    try:
        given = weights.read_file(source)
    except ValueError as error:
        raise FetchError(str(error).split("\n", maxsplit=1)[0]) from error
    if not all(bool(one.isfinite().all()) for one in given.values()):
        raise FetchError("not all of its numbers are finite")
    beside = target.with_name(f"{target.name}.new")
    if name == VGG_FACE.name:
        torch.save(blue_first_vgg_face(given), beside)
    else:
        assert name == VGGFACE2.name
        save_file({key: one.contiguous() for key, one in blue_first_resnet(given).items()}, beside)
    beside.replace(target)


def blue_first_vgg_face(given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return VGG-Face with names as `tasks.nets.vgg_face` has them; FetchError for others."""
    with torch.device("meta"):
        own = vgg_face.build().state_dict()
    renamed = {re.sub(r"^conv(\d)_(\d)\.", r"conv_\1_\2.", name): tensor for name, tensor in given.items()}
    _check(renamed, own, "VGG-Face")
    return {**renamed, "conv_1_1.weight": renamed["conv_1_1.weight"].flip(1).contiguous()}


def blue_first_resnet(given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return ResNet-50 with torchvision's names, as resnet50_ft_weight.pkl; FetchError for other weights."""
    with torch.device("meta"):
        own = {**recognition.build_backbone().state_dict(), **_last()}
    renamed = {_renamed(name): tensor for name, tensor in given.items() if not name.endswith(_COUNTER)}
    if "fc.weight" in renamed:
        renamed["fc.weight"] = renamed["fc.weight"].flatten(1)  # there it is a convolution of 1 by 1
    _check(renamed, {name: one for name, one in own.items() if not name.endswith(_COUNTER)}, "ResNet-50")
    return {**renamed, "conv1.weight": renamed["conv1.weight"].flip(1).contiguous()}


def _renamed(name: str) -> str:
    """Return torchvision's name: `conv3_1_1x1_reduce_bn.bias` is `layer2.0.bn1.bias`."""
    if found := _LAYER.fullmatch(name):
        stage, block, part, norm, rest = found.groups()
        return f"layer{int(stage) - 1}.{int(block) - 1}.{(_NORMS if norm else _CONVOLUTIONS)[part]}.{rest}"
    layer, _, rest = name.partition(".")
    return f"{_OTHERS.get(layer, layer)}.{rest}"


def _last() -> dict[str, Any]:
    return {f"fc.{name}": one for name, one in torch.nn.Linear(2048, PEOPLE).state_dict().items()}


def _check(given: Mapping[str, Tensor], own: Mapping[str, Tensor], net: str) -> None:
    """Raise FetchError unless names, shapes and kinds of numbers are those of the network."""
    shapes = {name: (tuple(one.shape), one.dtype) for name, one in given.items()}
    wanted = {name: (tuple(one.shape), one.dtype) for name, one in own.items()}
    wrong = sorted(name for name in shapes.keys() | wanted.keys() if shapes.get(name) != wanted.get(name))
    if wrong:
        raise FetchError(f"it does not hold {net}: {len(wrong)} tensors are others, first `{wrong[0]}`")
