"""ResNets of any width: torchvision's blocks, names and start, with a share of its channels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

from tasks.nets.width import scaled

if TYPE_CHECKING:
    from collections.abc import Callable

# Channels of the stem, and of the four stages before a block's last convolution multiplies them.
STEM, STAGES = 64, (64, 128, 256, 512)


class ScaledResNet(ResNet):  # type: ignore[misc]  # torchvision does not say its types
    """torchvision's ResNet with channels scaled; of width 1 it is the same, also in its random numbers.

    torchvision's own constructor takes no channels of the stages, so what it does is done here again.
    """

    def __init__(
        self,
        block: type[BasicBlock | Bottleneck],
        blocks: tuple[int, int, int, int],
        *,
        width: float = 1,
        classes: int = 1000,
        norm_layer: Callable[[int], nn.Module] = nn.BatchNorm2d,
        zero_init_residual: bool = False,
    ) -> None:
        nn.Module.__init__(self)
        self._norm_layer = norm_layer
        self.inplanes = scaled(STEM, width)
        self.dilation, self.groups, self.base_width = 1, 1, 64  # as in every plain ResNet
        self.conv1 = nn.Conv2d(3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = norm_layer(self.inplanes)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        for number, (planes, count) in enumerate(zip(STAGES, blocks, strict=True), 1):
            stage = self._make_layer(block, scaled(planes, width), count, stride=1 if number == 1 else 2)
            setattr(self, f"layer{number}", stage)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.channels: int = self.inplanes  # of what the last stage gives
        self.fc: nn.Module = nn.Linear(self.channels, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if zero_init_residual:  # every block begins as its shortcut alone
            for module in self.modules():
                if isinstance(module, BasicBlock | Bottleneck):
                    last = module.bn3 if isinstance(module, Bottleneck) else module.bn2
                    nn.init.zeros_(last.weight)


resnet18 = partial(ScaledResNet, BasicBlock, (2, 2, 2, 2))
resnet50 = partial(ScaledResNet, Bottleneck, (3, 4, 6, 3))
