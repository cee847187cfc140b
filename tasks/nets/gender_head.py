"""The gender classifier on top of an encoder (Lindström, section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from tasks.nets.encoders import ARCHITECTURES, STRIDE, count_parameters

if TYPE_CHECKING:
    from torch import Tensor

    from tasks.parts.params import EncoderName

# Table 3.1: FC-1 of VGG16 has 5 neurons, of the others 10.
FC1_NEURONS: dict[EncoderName, int] = {"vgg16": 5, "vgg19": 10, "resnet50": 10}
FC2_NEURONS = 5


class GenderHead(nn.Module):
    """Flatten, FC-1 with ReLU, FC-2 with sigmoid, two logits (0 female, 1 male).

    ResNet-50's grid is averaged first, as `AveragePooling2D((7, 7))` of Keras 2.1 does.
    """

    def __init__(self, encoder: EncoderName, image_size: int, *, width: float = 1) -> None:
        super().__init__()
        pooled = encoder == "resnet50"
        cells = 1 if pooled else (image_size // STRIDE) ** 2
        self.pool = nn.AdaptiveAvgPool2d(1) if pooled else nn.Identity()
        channels = ARCHITECTURES[encoder].channels_at(width)
        self.fc1 = nn.Linear(channels * cells, FC1_NEURONS[encoder])
        self.fc2 = nn.Linear(FC1_NEURONS[encoder], FC2_NEURONS)
        self.softmax = nn.Linear(FC2_NEURONS, 2)
        for layer in (self.fc1, self.fc2, self.softmax):  # Keras' Dense starts this way
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, features: Tensor) -> Tensor:
        """Map grid features, float [N, C, G, G], to logits, float [N, 2]."""
        hidden = torch.relu(self.fc1(torch.flatten(self.pool(features), 1)))
        logits: Tensor = self.softmax(torch.sigmoid(self.fc2(hidden)))
        return logits


def table_3_1(encoder: EncoderName) -> dict[str, float]:
    """Count the trained parameters of the 224-pixel classifier as Table 3.1 prints them.

    ResNet-50 is counted as Keras 2.1 has it, whatever form is trained: torchvision's last block has 11,264
    numbers less, the biases before its BatchNorm.
    """
    with torch.device("meta"):
        tuned = ARCHITECTURES[encoder].build("keras").tuned
        head = GenderHead(encoder, image_size=224)
    return {
        "parameters_conv": count_parameters(tuned),
        "parameters_fc1": count_parameters(head.fc1),
        "parameters_fc2": count_parameters(head.fc2),
        "parameters_softmax": count_parameters(head.softmax),
    }
