from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torchvision.transforms.functional import normalize

from tasks.parts import images

if TYPE_CHECKING:
    from tasks.data.images import Pixels


def grey(value: int) -> Pixels:
    return np.full((10, 20, 3), value, dtype=np.uint8)


def test_batch_keeps_the_order() -> None:
    batch = images.load_batch(range(9), grey, image_size=4)
    assert batch[:, 0, 0, 0].tolist() == list(range(9))


def test_batch_is_channels_first() -> None:
    assert images.load_batch([1, 2], grey, image_size=4).shape == (2, 3, 4, 4)


def test_scale_is_that_of_torchvision() -> None:
    pictures = torch.arange(256, dtype=torch.uint8).repeat(3).view(1, 3, 16, 16)
    expected = normalize(pictures / 255, list(images.IMAGENET_MEAN), list(images.IMAGENET_STD))
    assert torch.allclose(images.scale(pictures), expected, atol=1e-6)


def test_unreadable_picture_stops_the_batch() -> None:
    def torn(_: int) -> Pixels:
        raise ValueError("torn")

    with pytest.raises(ValueError, match="torn"):
        images.load_batch([1], torn, image_size=4)
