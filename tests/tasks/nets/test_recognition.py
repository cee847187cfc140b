import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision.models.resnet import Bottleneck

from tasks.nets import recognition
from tasks.nets.encoders import count_parameters
from tasks.nets.recognition import Recogniser


@pytest.fixture(scope="module")
def net() -> Recogniser:
    return recognition.create(7, source="none", batch_norm="drifting", seed=0).eval()


def test_parameters_are_those_of_the_code_base() -> None:
    with torch.device("meta"):
        net = Recogniser(8631)
    assert (count_parameters(net), count_parameters(net.fc)) == (41_192_951, 17_684_919)


def test_stride_is_in_the_first_convolution_of_a_block(net: Recogniser) -> None:
    strides = [
        (block.conv1.stride, block.conv2.stride) for block in net.modules() if isinstance(block, Bottleneck)
    ]
    assert strides.count(((2, 2), (1, 1))) == 3
    assert strides.count(((1, 1), (1, 1))) == 13


def test_no_convolution_has_a_bias(net: Recogniser) -> None:
    assert all(module.bias is None for module in net.modules() if isinstance(module, nn.Conv2d))


def test_pooling_rounds_up_to_the_grid_of_caffe(net: Recogniser) -> None:
    assert net.backbone.maxpool(torch.zeros(1, 1, 112, 112)).shape[-1] == 56


def test_features_and_logits_have_their_sizes(net: Recogniser) -> None:
    pictures = torch.zeros(2, 3, 32, 32, dtype=torch.uint8)
    with torch.no_grad():
        assert (net.features(pictures).shape, net(pictures).shape) == ((2, 2048), (2, 7))


def test_backbone_is_given_blue_first_without_the_mean() -> None:
    net, seen = Recogniser(2), []
    net.backbone = nn.Sequential()
    net.backbone.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    net.features(torch.tensor([10, 20, 30], dtype=torch.uint8).view(1, 3, 1, 1))
    wanted = torch.tensor([30 - 91.4953, 20 - 103.8827, 10 - 131.0912])
    assert torch.allclose(seen[0].flatten(), wanted)


@pytest.mark.parametrize(("batch_norm", "moves"), [("drifting", True), ("frozen", False)])
def test_running_means_move_only_where_they_drift(batch_norm: recognition.BatchNorm, moves: bool) -> None:
    net = Recogniser(2, batch_norm=batch_norm).train()
    before = net.backbone.bn1.running_mean.clone()
    net(torch.randint(0, 255, (2, 3, 32, 32), dtype=torch.uint8))
    assert torch.equal(before, net.backbone.bn1.running_mean) is not moves


def test_same_seed_same_net(net: Recogniser) -> None:
    again = recognition.create(7, source="none", batch_norm="frozen", seed=0)
    assert all(map(torch.equal, net.state_dict().values(), again.state_dict().values()))


def test_weights_of_the_backbone_are_taken_and_the_last_layer_is_new(net: Recogniser) -> None:
    given = {**net.backbone.state_dict(), "fc.weight": torch.zeros(8631, 2048), "fc.bias": torch.zeros(8631)}
    other = Recogniser(7)
    recognition.load_backbone(other, given, origin="given")
    assert torch.equal(other.backbone.conv1.weight, net.backbone.conv1.weight)
    assert bool(other.fc.weight.any())


def test_counters_may_be_absent(net: Recogniser) -> None:
    state = net.backbone.state_dict()
    given = {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
    recognition.load_backbone(Recogniser(7), given, origin="given")


@pytest.mark.parametrize("change", ["missing", "unknown", "shape"])
def test_weights_of_another_net_are_refused(net: Recogniser, change: str) -> None:
    given = dict(net.backbone.state_dict())
    if change == "missing":
        del given["layer1.0.conv1.weight"]
    elif change == "unknown":
        given["conv1_se.weight"] = torch.zeros(1)
    else:
        given["conv1.weight"] = torch.zeros(64, 3, 3, 3)
    with pytest.raises(ValueError, match=r"weights `mine\.pkl` do not fit this ResNet-50: 1 tensors"):
        recognition.load_backbone(Recogniser(7), given, origin="mine.pkl")


def test_net_comes_back_with_its_notes(tmp_path: Path, net: Recogniser) -> None:
    path = tmp_path / "net.safetensors"
    recognition.save(net, path, list("abcdefg"), {"image_size": 32})
    back, notes = recognition.load(path)
    assert torch.equal(back.fc.weight, net.fc.weight)
    assert notes == {"people": '["a", "b", "c", "d", "e", "f", "g"]', "image_size": "32"}


def test_narrow_net_gives_its_share_of_the_features() -> None:
    net, pictures = Recogniser(7, width=0.125).eval(), torch.zeros(2, 3, 32, 32, dtype=torch.uint8)
    with torch.no_grad():
        assert (net.features(pictures).shape, net(pictures).shape) == ((2, 256), (2, 7))
    assert count_parameters(net) < 41_192_951 / 64


def test_narrow_net_comes_back_as_narrow(tmp_path: Path) -> None:
    net, pictures = Recogniser(2, width=0.125).eval(), torch.zeros(1, 3, 32, 32, dtype=torch.uint8)
    recognition.save(net, tmp_path / "net.safetensors", ["a", "b"], {})
    back, _ = recognition.load(tmp_path / "net.safetensors")
    with torch.no_grad():
        assert torch.equal(back(pictures), net(pictures))


def test_weights_of_another_width_are_refused() -> None:
    given = Recogniser(2, width=0.125).backbone.state_dict()
    with pytest.raises(ValueError, match=r"do not fit this ResNet-50.*\n.*`width` 1"):
        recognition.load_backbone(Recogniser(2), given, origin="narrow.pkl")


def test_random_start_reads_no_file() -> None:
    assert recognition.read_weights("none") is None


def test_reading_an_absent_file_raises_the_same_message(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"mine\.pkl"):
        recognition.read_weights(str(tmp_path / "mine.pkl"))


@pytest.mark.parametrize("suffix", [".pkl", ".pth", ".safetensors"])
def test_every_form_is_read(tmp_path: Path, suffix: str) -> None:
    path, array = tmp_path / f"mine{suffix}", np.arange(3, dtype=np.float32)
    if suffix == ".pkl":
        path.write_bytes(pickle.dumps({"a": array}))
    elif suffix == ".pth":
        torch.save({"a": torch.from_numpy(array)}, path)
    else:
        save_file({"a": torch.from_numpy(array)}, path)
    found = recognition.read_weights(str(path))
    assert found is not None
    assert found["a"].tolist() == [0, 1, 2]
