"""The multi-task network of Yuan et al.: one shared convolution, then a branch for each task.

Two branches have 1,524,740 parameters; two networks of one branch have 1,525,060 (figure 3.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import nn

from tasks.nets import summary
from tasks.nets.encoders import count_parameters
from tasks.nets.width import scaled

if TYPE_CHECKING:
    from torch import Tensor

# Only the 32 maps of the first convolution are printed. Of everything near (kernels of 3, 5 and 7, padded or
# not, 8 to 128 maps, 8 to 1,024 neurons, one or two outputs) nothing else gives both parameter counts.
SHARED_MAPS, BRANCH_MAPS, NEURONS, CLASSES = 32, 64, 96, 2


class MultitaskNet(nn.Module):
    """Convolution, ReLU and pooling for all tasks, then a branch of its own for each.

    The width is that of maps and neurons alike.
    """

    def __init__(self, tasks: int, image_size: int = 50, *, width: float = 1) -> None:
        super().__init__()
        shared = scaled(SHARED_MAPS, width)
        self.shared = nn.Sequential(nn.Conv2d(1, shared, kernel_size=3), nn.ReLU(), nn.MaxPool2d(2))
        self.branches = nn.ModuleList(_branch(image_size, width) for _ in range(tasks))

    def forward(self, pictures: Tensor) -> Tensor:
        """Map grey pictures in 0..1, float [N, 1, S, S], to logits of no and yes, float [N, tasks, 2]."""
        features = self.shared(pictures)
        return torch.stack([branch(features) for branch in self.branches], dim=1)

    def first_maps(self, pictures: Tensor) -> Tensor:
        """Return what the first convolution makes of pictures, before pooling: float [N, maps, S-2, S-2]."""
        maps: Tensor = self.shared[:2](pictures)
        return maps

    def settings(self) -> dict[str, float]:
        """Count what the paper says of the first convolution (section 2.2)."""
        convolution = cast("nn.Conv2d", self.shared[0])
        return {
            "shared_maps": convolution.out_channels,
            "kernel_side": convolution.kernel_size[0],
            "stride": convolution.stride[0],
        }


def _branch(image_size: int, width: float) -> nn.Sequential:
    shared, maps, neurons = (scaled(count, width) for count in (SHARED_MAPS, BRANCH_MAPS, NEURONS))
    side = _convolved_side(_convolved_side(image_size))
    return nn.Sequential(
        nn.Conv2d(shared, maps, kernel_size=3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(maps * side**2, neurons),
        nn.ReLU(),
        nn.Linear(neurons, CLASSES),
    )


def _convolved_side(side: int) -> int:
    """Return the side after a 3x3 convolution without padding and 2x2 pooling."""
    return (side - 2) // 2


def figure_2_2() -> dict[str, float]:
    """Count parameters and outputs of each layer for 50 pixels, those of a branch after the shared ones."""
    counted: dict[str, float] = {}
    with torch.device("meta"):
        layers = summary.layers(MultitaskNet(1), (1, 50, 50))
    for layer in layers:
        if not layer.name.startswith("relu"):  # gives what it is given
            counted[f"{layer.name}_parameters"] = layer.parameters
            counted[f"{layer.name}_outputs"] = layer.outputs
    return counted


def figure_3_5(tasks: int) -> dict[str, float]:
    """Count the parameters of the network for 50 pixels as figure 3.5 prints them."""
    with torch.device("meta"):
        return {"parameters": count_parameters(MultitaskNet(tasks))}
