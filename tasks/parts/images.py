"""Pictures as tensors: the one normalisation that all encoders of the study use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from tasks.data.images import Pixels

# Of torchvision's weights. The thesis does not say how it scaled its input.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# In words, for the key of stored features.
NORMALISATION = f"rgb, mean {IMAGENET_MEAN}, std {IMAGENET_STD}"


def stack(pictures: Sequence[Pixels]) -> Tensor:
    """Put pictures of one size, each [H, W, C], together: uint8 [N, C, H, W]."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()


def scale(
    pictures: Tensor, mean: Sequence[float] = IMAGENET_MEAN, std: Sequence[float] = IMAGENET_STD
) -> Tensor:
    """Map uint8 [N, 3, S, S] to float of that shape: to 0..1, then by the given mean and deviation."""
    shape = (1, 3, 1, 1)
    centre = torch.tensor(mean, device=pictures.device).view(shape)
    spread = torch.tensor(std, device=pictures.device).view(shape)
    return (pictures.float() / 255 - centre) / spread
