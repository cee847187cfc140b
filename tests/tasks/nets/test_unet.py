from pathlib import Path

import pytest
import torch
from torch import nn

from tasks.nets import summary, unet
from tasks.nets.encoders import count_parameters


@pytest.fixture(scope="module")
def net() -> unet.UNet:
    torch.manual_seed(0)
    return unet.UNet().eval()


def test_parameters_are_those_of_the_report(net: unet.UNet) -> None:
    assert count_parameters(net) == 4_683_331
    assert all(part.requires_grad for part in net.parameters())


def test_encoder_is_mobilenet_without_its_classifier(net: unet.UNet) -> None:
    assert count_parameters(net.encoder) == 2_223_872


@pytest.mark.parametrize(("block", "parameters"), [(0, 2_313_120), (1, 91_104), (2, 36_840), (3, 17_904)])
def test_parameters_of_each_decoder_block(net: unet.UNet, block: int, parameters: int) -> None:
    assert count_parameters(net.decoder[block]) == parameters


def test_last_convolutions_have_491_parameters(net: unet.UNet) -> None:
    assert count_parameters(net.last) == 491


def test_rows_are_those_of_torchsummary(net: unet.UNet) -> None:
    assert summary.count_rows(net, (3, 32, 32)) == 202


@pytest.mark.parametrize("side", [32, 64])
def test_logits_have_two_classes_for_each_pixel(net: unet.UNet, side: int) -> None:
    with torch.no_grad():
        assert net(torch.zeros(2, 3, side, side)).shape == (2, 2, side, side)


def test_convolutions_start_by_their_outputs(net: unet.UNet) -> None:
    first = net.encoder[0][0][0].weight.detach()
    assert float(first.std()) == pytest.approx((2 / (32 * 9)) ** 0.5, rel=0.1)


def test_transposed_convolutions_keep_the_start_of_torch() -> None:
    torch.manual_seed(1)
    alone = nn.ConvTranspose2d(1280, 96, kernel_size=4, stride=2, padding=1)
    bound = float(alone.weight.detach().abs().max())
    largest = unet.UNet().decoder[0].enlarge.weight.detach().abs().max()
    assert float(largest) == pytest.approx(bound, rel=1e-3)


def test_net_comes_back_with_its_image_size(tmp_path: Path, net: unet.UNet) -> None:
    unet.save(net, tmp_path / "net.safetensors", image_size=64)
    back, image_size = unet.load(tmp_path / "net.safetensors")
    pictures = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(back(pictures), net(pictures))
    assert image_size == 64


@pytest.mark.parametrize(("width", "parameters"), [(0.5, 1_807_099), (0.25, 770_307)])
def test_narrow_net_is_small_and_draws_as_large_masks(width: float, parameters: int) -> None:
    narrow = unet.UNet(width=width).eval()
    with torch.no_grad():
        assert narrow(torch.zeros(2, 3, 64, 64)).shape == (2, 2, 64, 64)
    assert count_parameters(narrow) == parameters


def test_narrow_net_comes_back_as_narrow(tmp_path: Path) -> None:
    narrow, pictures = unet.UNet(width=0.25).eval(), torch.rand(1, 3, 32, 32)
    unet.save(narrow, tmp_path / "net.safetensors", image_size=64)
    back, _ = unet.load(tmp_path / "net.safetensors")
    with torch.no_grad():
        assert torch.equal(back(pictures), narrow(pictures))
