"""The three encoders, each cut in two: a frozen trunk and the last block, which gender recognition tunes.

That block is called block5 in VGG, stage 5 in ResNet-50.
Sizes below are for images of 224 pixels; all three end on a 7 x 7 grid (stride 32).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

import torch
from torch import nn
from torchvision.models.resnet import Bottleneck
from torchvision.models.vgg import cfgs, make_layers

from tasks.nets import weights
from tasks.nets.resnet import resnet50
from tasks.nets.width import scaled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from tasks.parts.params import EncoderName, EncoderParams, ResnetForm

STRIDE = 32


class Encoder(nn.Module):
    """A trunk that is not trained, unless it is unfrozen, and a last block that may be.

    The trunk stays in eval mode even while the last block trains, so that its output can be computed once.
    (Keras 2.1 used batch statistics in frozen layers while training: a deliberate difference.)
    """

    frozen: bool = True

    def __init__(self, trunk: nn.Sequential, tuned: nn.Sequential) -> None:
        super().__init__()
        self.trunk = trunk
        self.tuned = tuned
        self.trunk.requires_grad_(requires_grad=False)

    def forward(self, images: Tensor) -> Tensor:
        """Map normalised images, float [N, 3, S, S], to grid features, float [N, channels, S/32, S/32]."""
        features: Tensor = self.tuned(self.trunk(images))
        return features

    def train(self, mode: bool = True) -> Encoder:
        """Put into training mode what is trained: the last block, or all of it."""
        super().train(mode)
        if self.frozen:
            self.trunk.eval()
        return self

    def unfreeze(self) -> Encoder:
        """Let all of it be trained, its BatchNorm with the statistics of minibatches."""
        self.frozen = False
        self.trunk.requires_grad_(requires_grad=True)
        return self


class Build(Protocol):
    """What builds an encoder with random weights."""

    def __call__(self, form: ResnetForm, *, width: float = 1) -> Encoder:
        """Return it, with so large a share of the published channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What the rest of the study must know about an encoder."""

    build: Build
    channels: int  # of the grid features
    expansion: int = 1  # what the last convolution of a block multiplies its channels by

    def channels_at(self, width: float) -> int:
        """Return how many channels the grid features of an encoder of this width have."""
        return scaled(self.channels // self.expansion, width) * self.expansion


def create(params: EncoderParams, *, source: str, seed: int) -> Encoder:
    """Build an encoder and give it the weights of a source: a function of the arguments only.

    Raises FileNotFoundError for missing weights and ValueError for weights of another network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = ARCHITECTURES[params.encoder].build(params.resnet_form, width=params.width)
    given = weights.read(params.encoder, source)
    if given is not None:
        load(encoder, given, origin=source)
    return encoder.eval()


def load(encoder: Encoder, given: Mapping[str, Tensor], *, origin: str) -> None:
    """Load an encoder's own weights, or torchvision's, whose names lack `trunk.` and `tuned.`.

    Raises ValueError for weights of another network: torchvision's, which lack convolution biases, are such
    for ResNet-50 in the form of Keras.
    """
    own = encoder.state_dict()
    renamed = {_own_name(encoder, name): tensor for name, tensor in given.items()}
    fitting = {name: new for name, new in renamed.items() if name in own and own[name].shape == new.shape}
    if lacking := own.keys() - fitting.keys():
        raise ValueError(
            f"weights `{origin}` do not fit this encoder: {len(lacking)} of {len(own)} tensors are missing "
            f"or have another shape, first {_difference(min(lacking), own, renamed)}\n"
            "hint: check `encoder`, `resnet_form` and `width`"
        )
    encoder.load_state_dict(fitting)


def count_parameters(module: nn.Module) -> int:
    """Count the numbers that an optimizer could train, frozen ones included."""
    return sum(parameter.numel() for parameter in module.parameters())


def _difference(name: str, own: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> str:
    if name not in given:
        return f"`{name}`"
    return f"`{name}`: {list(given[name].shape)} in place of {list(own[name].shape)}"


def _own_name(encoder: Encoder, name: str) -> str:
    bare = name.removeprefix("features.")
    first = bare.split(".", 1)[0]
    if first in dict(encoder.tuned.named_children()):
        return f"tuned.{bare}"
    return f"trunk.{bare}" if first in dict(encoder.trunk.named_children()) else bare


def _build_vgg(layout: str, block5: int, _form: ResnetForm, *, width: float = 1) -> Encoder:
    layout_at_width = [scaled(step, width) if isinstance(step, int) else step for step in cfgs[layout]]
    layers = make_layers(layout_at_width, batch_norm=False)
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            # A random VGG makes all pictures look alike: two of them have a cosine of 0.93 after block 4.
            # Filters whose weights add up to zero keep them further apart (0.71).
            layer.weight.data -= layer.weight.data.mean(dim=(1, 2, 3), keepdim=True)
            nn.init.zeros_(cast("Tensor", layer.bias))
    # A slice keeps the layers' names, so torchvision's weights fit by name.
    return Encoder(layers[:block5], layers[block5:])


def _build_resnet50(form: ResnetForm, *, width: float = 1) -> Encoder:
    epsilon = 1e-3 if form == "keras" else 1e-5
    net = resnet50(width=width, norm_layer=partial(nn.BatchNorm2d, eps=epsilon))
    if form == "keras":
        _make_keras_form(net)
    trunk = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3")
    return Encoder(
        nn.Sequential(OrderedDict((name, getattr(net, name)) for name in trunk)),
        nn.Sequential(OrderedDict(layer4=net.layer4)),
    )


def _make_keras_form(net: nn.Module) -> None:
    """Turn torchvision's ResNet-50 into that of Keras 2.1 (fchollet/deep-learning-models, resnet50.py).

    Convolutions have biases (26,560 numbers), the stride is in a block's first 1x1 convolution (v1), and the
    first max-pooling has no padding. Batch-norm momentum stays torch's 0.1 (Keras: 0.01). It is there to be
    counted (Table 3.1) and for weights of its own: those of torchvision, whose strides are in the 3x3
    convolutions (v1.5), would compute something else in it, and no conversion moves a stride.
    """
    net.maxpool = nn.MaxPool2d(kernel_size=3, stride=2)
    for module in net.modules():
        if isinstance(module, Bottleneck):
            module.conv1.stride, module.conv2.stride = module.conv2.stride, (1, 1)
        if isinstance(module, nn.Conv2d):
            module.bias = nn.Parameter(torch.zeros(module.out_channels, device=module.weight.device))


ARCHITECTURES: dict[EncoderName, Architecture] = {
    "vgg16": Architecture(build=partial(_build_vgg, "D", 24), channels=512),
    "vgg19": Architecture(build=partial(_build_vgg, "E", 28), channels=512),
    "resnet50": Architecture(build=_build_resnet50, channels=2048, expansion=4),
}
