from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file

from tasks.nets import resnet18
from tasks.nets.encoders import count_parameters


def test_three_classes_make_11178051_parameters() -> None:
    with torch.device("meta"):
        assert count_parameters(resnet18.build()) == 11_178_051


def test_one_logit_for_each_class_of_a_picture_of_32_pixels() -> None:
    assert resnet18.build(4).eval()(torch.zeros(2, 3, 32, 32)).shape == (2, 4)


def test_random_start_is_a_function_of_the_seed() -> None:
    first, again, other = (resnet18.create(classes=3, source="none", seed=seed) for seed in (1, 1, 2))
    assert torch.equal(first.fc.weight, again.fc.weight)
    assert not torch.equal(first.fc.weight, other.fc.weight)


def test_body_of_torchvision_s_weights_is_taken_and_the_last_layer_is_new(tmp_path: Path) -> None:
    given = torchvision.models.resnet18(weights=None).state_dict()
    save_file(given, tmp_path / "imagenet.safetensors")
    net = resnet18.create(classes=3, source=str(tmp_path / "imagenet.safetensors"), seed=0)
    state = net.state_dict()
    same = {name for name in given if given[name].shape == state[name].shape and not name.startswith("fc.")}
    assert all(torch.equal(state[name], given[name]) for name in same)
    assert state.keys() - same == {"fc.weight", "fc.bias"}


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    save_file({"conv1.weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match=r"do not fit ResNet-18: 120 of 120 tensors.*first `bn1\.bias`"):
        resnet18.create(classes=3, source=str(tmp_path / "other.safetensors"), seed=0)


def test_narrow_net_has_the_square_of_its_width_in_parameters() -> None:
    with torch.device("meta"):
        assert count_parameters(resnet18.build(width=0.25)) == 702_483


def test_weights_of_another_width_are_refused(tmp_path: Path) -> None:
    save_file(resnet18.build(width=0.125).state_dict(), tmp_path / "narrow.safetensors")
    with pytest.raises(ValueError, match=r"do not fit ResNet-18.*\n.*of the same width"):
        resnet18.create(classes=3, source=str(tmp_path / "narrow.safetensors"), seed=0)
