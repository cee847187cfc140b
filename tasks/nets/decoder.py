"""The segmentation decoder: a 1x1 convolution and a transposed convolution (Lindström, section 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from torch import nn

from tasks.nets.encoders import ARCHITECTURES, STRIDE, count_parameters

if TYPE_CHECKING:
    from torch import Tensor

DecoderInput = Literal["grid", "gap"]


class Decoder(nn.Module):
    """Logits of a face mask from an encoder's features; apply a sigmoid for probabilities.

    `grid` upsamples the grid 32 times with a 64x64 kernel: 7 x 7 becomes 224 x 224.
    `gap` averages the grid first, as Keras 2.1's ResNet-50 does. The thesis does not say how its decoder
    grows a 1 x 1 map to the image, so one kernel of the image's size stands in for it: such a decoder draws
    the same shape for every image.
    `fc_units` gives it hidden layers of so many channels, as FCN32s has 4096: see `fully_connected`.
    """

    def __init__(
        self, channels: int, *, decoder_input: DecoderInput, image_size: int, fc_units: int = 0
    ) -> None:
        super().__init__()
        self.decoder_input = decoder_input
        self.hidden = fully_connected(channels, fc_units) if fc_units else nn.Identity()
        self.score = nn.Conv2d(fc_units or channels, 1, kernel_size=1)
        kernel, stride, padding = (image_size, image_size, 0) if decoder_input == "gap" else (64, STRIDE, 16)
        self.upsample = nn.ConvTranspose2d(1, 1, kernel, stride=stride, padding=padding, bias=False)
        # He normal: standard deviation sqrt(2 / fan_in). (Keras truncates it at two deviations.)
        nn.init.kaiming_normal_(self.score.weight, mode="fan_in", nonlinearity="relu")
        nn.init.zeros_(self.score.bias)  # type: ignore[arg-type]  # a bias may be None, this one is not
        with torch.no_grad():
            self.upsample.weight.copy_(bilinear_kernel(kernel))

    def forward(self, features: Tensor) -> Tensor:
        """Map features, float [N, C, G, G], to logits, float [N, 1, 32 G, 32 G]."""
        if self.decoder_input == "gap":
            features = features.mean(dim=(2, 3), keepdim=True)
        logits: Tensor = self.upsample(self.score(self.hidden(features)))
        return logits


def fully_connected(channels: int, units: int) -> nn.Sequential:
    """Return VGG's two fully connected layers as convolutions, as FCN32s of Long et al. (2014) has them.

    The grid keeps its size (padding 3). They start as He normal, not from VGG's weights as theirs did.
    """
    layers = nn.Sequential(
        nn.Conv2d(channels, units, kernel_size=7, padding=3),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        nn.Conv2d(units, units, kernel_size=1),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
    )
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_in", nonlinearity="relu")
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # a bias may be None, this one is not
    return layers


def section_3_3() -> dict[str, float]:
    """Count the parameters that section 3.3 compares: VGG16 with this decoder, and FCN32s.

    FCN32s (Long et al. 2014) has VGG's fully connected layers, as convolutions, before the decoder.
    """
    with torch.device("meta"):
        encoder = ARCHITECTURES["vgg16"].build("torchvision")
        narrow, wide = (
            Decoder(512, decoder_input="grid", image_size=224, fc_units=units) for units in (0, 4096)
        )
    return {
        "parameters_score": count_parameters(narrow.score),
        "parameters_upsample": count_parameters(narrow.upsample),
        "parameters_network": count_parameters(encoder) + count_parameters(narrow),
        "parameters_fcn32s": count_parameters(encoder) + count_parameters(wide),
    }


def bilinear_kernel(size: int) -> Tensor:
    """Return the interpolating weights of a transposed convolution, float [size, size] (Long et al. 2014)."""
    factor = (size + 1) // 2
    centre = factor - 1 if size % 2 else factor - 0.5
    line = 1 - (torch.arange(size, dtype=torch.float32) - centre).abs() / factor
    return torch.outer(line, line)
