import torch
from torchvision.transforms.functional import normalize

from tasks.parts import images


def test_scale_is_that_of_torchvision() -> None:
    pictures = torch.arange(256, dtype=torch.uint8).repeat(3).view(1, 3, 16, 16)
    expected = normalize(pictures / 255, list(images.IMAGENET_MEAN), list(images.IMAGENET_STD))
    assert torch.allclose(images.scale(pictures), expected, atol=1e-6)
