from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
import torchvision

from tasks.nets import resnet
from tasks.nets.encoders import count_parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

DEPTH = pytest.mark.parametrize("depth", ["resnet18", "resnet50"])


def started(build: Callable[..., nn.Module], **given: object) -> tuple[nn.Module, torch.Tensor]:
    """Return a network and the first random number after its start."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return build(**given), torch.rand(1)


@DEPTH
@pytest.mark.parametrize("zero_init", [False, True])
def test_width_1_starts_as_torchvision_s_bit_for_bit(depth: str, zero_init: bool) -> None:
    ours, after = started(getattr(resnet, depth), zero_init_residual=zero_init)
    theirs, wanted = started(getattr(torchvision.models, depth), zero_init_residual=zero_init)
    state = theirs.state_dict()
    assert list(ours.state_dict()) == list(state)
    assert all(torch.equal(tensor, state[name]) for name, tensor in ours.state_dict().items())
    assert torch.equal(after, wanted)


@DEPTH
def test_width_1_is_torchvision_s_layer_by_layer(depth: str) -> None:
    with torch.device("meta"):
        ours, theirs = getattr(resnet, depth)(), getattr(torchvision.models, depth)()
    assert repr(ours).replace("ScaledResNet", "ResNet") == repr(theirs)


@pytest.mark.parametrize(("depth", "expansion"), [("resnet18", 1), ("resnet50", 4)])
def test_every_stage_has_its_share_of_channels(depth: str, expansion: int) -> None:
    net = getattr(resnet, depth)(width=0.125, classes=5).eval()
    shapes = []
    for name in ("conv1", "layer1", "layer2", "layer3", "layer4"):
        net.get_submodule(name).register_forward_hook(lambda *found: shapes.append(found[2].shape[1]))
    with torch.no_grad():
        assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 5)
    assert shapes == [8, *(channels * expansion for channels in (8, 16, 32, 64))]
    assert net.channels == 64 * expansion


@DEPTH
def test_half_the_width_has_about_a_quarter_of_the_parameters(depth: str) -> None:
    with torch.device("meta"):
        whole, half = (count_parameters(getattr(resnet, depth)(width=width)) for width in (1, 0.5))
    assert 0.24 < half / whole < 0.28
