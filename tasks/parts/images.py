"""Pictures as tensors: the one normalisation that all encoders of the study use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch

from tasks.data.images import resize_rgb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from tasks.data.images import Pixels

S = TypeVar("S")

# Of torchvision's weights. The thesis does not say how it scaled its input.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
# In words, for the key of stored features.
NORMALISATION = f"rgb, mean {IMAGENET_MEAN}, std {IMAGENET_STD}"

# Pillow decodes outside Python's lock; more threads than this wait for the network file system anyway.
DECODING_THREADS = 4


def load_batch(samples: Sequence[S], load: Callable[[S], Pixels], image_size: int) -> Tensor:
    """Read and resize pictures in order: uint8 [N, 3, S, S]."""
    with ThreadPoolExecutor(DECODING_THREADS) as pool:
        pictures = list(pool.map(lambda sample: resize_rgb(load(sample), image_size), samples))
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()


def scale(
    pictures: Tensor, mean: Sequence[float] = IMAGENET_MEAN, std: Sequence[float] = IMAGENET_STD
) -> Tensor:
    """Map uint8 [N, 3, S, S] to float of that shape: to 0..1, then by the given mean and deviation."""
    shape = (1, 3, 1, 1)
    centre = torch.tensor(mean, device=pictures.device).view(shape)
    spread = torch.tensor(std, device=pictures.device).view(shape)
    return (pictures.float() / 255 - centre) / spread
