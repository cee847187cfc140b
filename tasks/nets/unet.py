"""U-Net with MobileNetV2 as its encoder: background or foreground for each pixel.

As in AntiAegis/Human-Segmentation-PyTorch since April 2019: 4,683,331 parameters, all trained from scratch.
Sizes below are for a picture of side S.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F
from torchvision.models import mobilenet_v2
from torchvision.models.mobilenetv2 import InvertedResidual

from tasks.nets import width as width_notes

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

CLASSES = 2
# Where the encoder is cut; what comes out has S/2, S/4, S/8, S/16 and S/32 pixels a side.
STAGES = ((0, 2), (2, 4), (4, 7), (7, 14), (14, 19))
EXPANSION = 6


class DecoderBlock(nn.Module):
    """Double the grid, put the encoder's features of that size beside it, and mix both."""

    def __init__(self, given: int, channels: int) -> None:
        super().__init__()
        self.enlarge = nn.ConvTranspose2d(given, channels, kernel_size=4, stride=2, padding=1)
        self.mix = InvertedResidual(2 * channels, channels, stride=1, expand_ratio=EXPANSION)

    def forward(self, features: Tensor, shortcut: Tensor) -> Tensor:
        """Map float [N, given, G, G] and [N, channels, 2G, 2G] to float [N, channels, 2G, 2G]."""
        mixed: Tensor = self.mix(torch.cat([self.enlarge(features), shortcut], dim=1))
        return mixed


class UNet(nn.Module):
    """Encoder, four decoder blocks, two convolutions, and a bilinear doubling."""

    def __init__(self, *, width: float = 1) -> None:
        super().__init__()
        self.width = width
        # MobileNetV2's own rule: multiples of 8 channels, and 1,280 in the end however narrow it is.
        features = mobilenet_v2(weights=None, width_mult=width).features
        self.encoder = nn.ModuleList(features[start:end] for start, end in STAGES)
        channels = [features[end - 1].out_channels for _, end in STAGES]  # 16, 24, 32, 96, 1280 at width 1
        self.decoder = nn.ModuleList(
            DecoderBlock(given, wanted) for given, wanted in pairwise(channels[::-1])
        )
        self.last = nn.Sequential(
            nn.Conv2d(channels[0], 3, kernel_size=3, padding=1),
            nn.Conv2d(3, CLASSES, kernel_size=3, padding=1),
        )
        self.apply(_start)

    def forward(self, images: Tensor) -> Tensor:
        """Map normalised images, float [N, 3, S, S], to logits, float [N, 2, S, S]. S: multiple of 32."""
        kept = []
        features = images
        for stage in self.encoder:
            features = stage(features)
            kept.append(features)
        for block, shortcut in zip(self.decoder, kept[-2::-1], strict=True):
            features = block(features, shortcut)
        logits = self.last(features)
        return F.interpolate(logits, size=images.shape[-2:], mode="bilinear", align_corners=True)


def save(net: UNet, path: Path, *, image_size: int) -> None:
    """Write the weights, their width, and the side of the pictures that they were trained on."""
    state = {name: tensor.cpu().contiguous() for name, tensor in net.state_dict().items()}
    save_file(state, path, {"image_size": str(image_size), **width_notes.noted(net.width)})


def load(path: Path) -> tuple[UNet, int]:
    """Return the network that `save` wrote, in eval mode, and the side of its training pictures."""
    with safe_open(path, framework="pt") as file:
        notes = file.metadata()
        net = UNet(width=width_notes.read(notes))
        net.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118  no mapping
        return net.eval(), int(notes["image_size"])


def _start(module: nn.Module) -> None:
    # Transposed convolutions keep torch's own start, as in that code base.
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.ones_(module.weight)
        nn.init.zeros_(module.bias)
