"""ResNet-18 with a new last layer: 11,178,051 parameters for three classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from tasks.nets import weights
from tasks.nets.resnet import resnet18

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor


def build(classes: int = 3, *, width: float = 1) -> nn.Module:
    """Build the network for images float [N, 3, S, S] and logits float [N, classes]; S at least 32."""
    return resnet18(classes=classes, width=width)


def create(*, classes: int, source: str, seed: int, width: float = 1) -> nn.Module:
    """Build the network and give all but the last layer its starting weights.

    Raises FileNotFoundError for missing weights and ValueError for weights of another network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = build(classes, width=width)
    given = weights.read("resnet18", source)
    if given is not None:
        load_body(net, given, origin=source)
    return net


def load_body(net: nn.Module, given: Mapping[str, Tensor], *, origin: str) -> None:
    """Load everything but the last layer, which is always new; ValueError names what does not fit."""
    own = {name: tensor for name, tensor in net.state_dict().items() if not name.startswith("fc.")}
    wrong = sorted(name for name in own if name not in given or given[name].shape != own[name].shape)
    if wrong:
        raise ValueError(
            f"weights `{origin}` do not fit ResNet-18: {len(wrong)} of {len(own)} tensors are missing or "
            f"have another shape, first `{wrong[0]}`\n"
            "hint: give `imagenet`, `none` or a file of ResNet-18 of the same width"
        )
    net.load_state_dict({**net.state_dict(), **{name: given[name] for name in own}})
