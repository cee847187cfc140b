"""The mini-network of the ELFW report: two convolutions and one linear layer, 29,667 parameters."""

from __future__ import annotations

from torch import nn


def build(image_size: int = 64) -> nn.Sequential:
    """Build the network for images float [N, 3, S, S] and logits float [N, 3]; S a multiple of 4."""
    return nn.Sequential(
        nn.Conv2d(3, 16, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * (image_size // 4) ** 2, 3),
    )
