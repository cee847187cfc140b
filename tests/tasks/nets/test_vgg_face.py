from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from tasks.nets import vgg_face

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {"image_size": 32, "units": 8}

# Figure 8 of the thesis; the layers' names are ours.
PRINTED = {
    "input": 0,
    "conv_1_1": 1_728,
    "conv_1_2": 36_864,
    "pool_1": 0,
    "conv_2_1": 73_728,
    "conv_2_2": 147_456,
    "pool_2": 0,
    "conv_3_1": 294_912,
    "conv_3_2": 589_824,
    "conv_3_3": 589_824,
    "pool_3": 0,
    "conv_4_1": 1_179_648,
    "conv_4_2": 2_359_296,
    "conv_4_3": 2_359_296,
    "pool_4": 0,
    "conv_5_1": 2_359_296,
    "conv_5_2": 2_359_296,
    "conv_5_3": 2_359_296,
    "pool_5": 0,
    "fc6": 102_760_448,
    "fc7": 16_777_216,
    "fc8": 10_739_712,
}
VOLUMES = {
    "conv_1_1": (64, 224),
    "pool_1": (64, 112),
    "conv_2_2": (128, 112),
    "pool_2": (128, 56),
    "pool_3": (256, 28),
    "conv_4_1": (512, 28),
    "pool_4": (512, 14),
    "pool_5": (512, 7),
    "fc6": (4096, 1),
    "fc8": (2622, 1),
}


def small(outputs: int = 2, seed: int = 0) -> nn.Sequential:
    """Return a randomly started network for 32 pixels with 8 units."""
    net = vgg_face.build(outputs, **SMALL)
    vgg_face.start(net, None, seed=seed, origin="none")
    return net.eval()


def test_every_row_of_figure_8_is_counted() -> None:
    found = {name.removeprefix("weights_"): count for name, count in vgg_face.figure_8().items()}

    assert {name: found[name] for name in PRINTED} == PRINTED


def test_whole_network_has_the_published_size() -> None:
    counted = vgg_face.figure_8()

    assert (counted["parameters"], counted["parameters_without_biases"]) == (145_002_878, 144_987_840)


def test_volumes_are_those_of_figure_8() -> None:
    counted = vgg_face.figure_8()

    assert {name: (counted[f"channels_{name}"], counted[f"side_{name}"]) for name in VOLUMES} == VOLUMES


def test_layers_are_as_many_as_section_4_2_says() -> None:
    assert vgg_face.figure_8()["layers"] == 38


@pytest.mark.parametrize(
    ("outputs", "trains", "count"),
    [(2, "fc", 119_554_050), (4, "conv4", 132_541_444), (8, "conv4", 132_557_832)],
    ids=["one attribute", "GenAge", "Multi4"],
)
def test_trained_parameters(outputs: int, trains: vgg_face.Trains, count: int) -> None:
    assert vgg_face.parameters_trained(outputs, trains) == count


def test_there_are_13_convolutions_and_3_fully_connected_layers() -> None:
    net = vgg_face.build(**SMALL)

    assert [sum(isinstance(layer, kind) for layer in net) for kind in (nn.Conv2d, nn.Linear)] == [13, 3]


def test_conv4_trains_the_last_six_convolutions() -> None:
    _, trained = vgg_face.cut(small(), "conv4")

    assert [name for name, _ in trained.named_children() if name.startswith("conv")] == [
        f"conv_{group}_{place}" for group in (4, 5) for place in (1, 2, 3)
    ]


def test_frozen_part_has_no_gradient() -> None:
    frozen, trained = vgg_face.cut(small(), "fc")

    assert {weight.requires_grad for weight in frozen.parameters()} == {False}
    assert {weight.requires_grad for weight in trained.parameters()} == {True}


def test_both_parts_together_are_the_network() -> None:
    net, pictures = small(), torch.randn(2, 3, 32, 32)
    frozen, trained = vgg_face.cut(net, "conv4")

    assert torch.equal(trained(frozen(pictures)), net(pictures))


def test_last_layer_is_new_and_the_others_are_the_file_s() -> None:
    given = small(outputs=5, seed=1).state_dict()
    net = vgg_face.build(2, **SMALL)
    vgg_face.start(net, given, seed=0, origin="file")
    kept = {name for name, tensor in net.state_dict().items() if torch.equal(tensor, given[name])}

    assert given.keys() - kept == {"fc8.weight", "fc8.bias"}


def test_weights_of_another_size_are_refused() -> None:
    given = vgg_face.build(2, image_size=64, units=8).state_dict()

    with pytest.raises(ValueError, match=r"1 of 30 tensors .* first `fc6.weight`\nhint: published weights"):
        vgg_face.start(vgg_face.build(2, **SMALL), given, seed=0, origin="file")


def test_same_seed_starts_the_same() -> None:
    assert torch.equal(small(seed=3).fc6.weight, small(seed=3).fc6.weight)  # type: ignore[arg-type, union-attr]  # torch: any module


def test_calibrated_filters_answer_with_mean_0_and_deviation_1() -> None:
    net, pictures = small(), torch.randn(16, 3, 32, 32) * 60
    vgg_face.calibrate(net, pictures)
    last = [name for name, _ in net.named_children()].index("conv_4_3")
    spread, mean = torch.std_mean(net[: last + 1](pictures), dim=(0, 2, 3))

    assert torch.allclose(spread, torch.ones(512), atol=1e-3)
    assert torch.allclose(mean, torch.zeros(512), atol=1e-3)


def test_middle_is_cut_out_and_the_mean_subtracted() -> None:
    pictures = torch.zeros(1, 3, 40, 40, dtype=torch.uint8)
    pictures[..., 4:36, 4:36] = 130
    shown = vgg_face.prepare(pictures, 32, "rgb")

    assert (
        shown[0, :, [0, -1], [0, -1]].T.tolist() == [pytest.approx([0.8137, 25.2376, 36.406], rel=1e-4)] * 2
    )


def test_blue_comes_first_for_caffe() -> None:
    pictures = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    rgb, bgr = (vgg_face.prepare(pictures, 32, colours) for colours in ("rgb", "bgr"))

    assert torch.equal(rgb[:, 2], bgr[:, 0])


def test_narrow_convolutions_have_their_share_of_channels() -> None:
    with torch.device("meta"):
        net = vgg_face.build(2, **SMALL, width=0.125)
        assert net(torch.empty(1, 3, 32, 32)).shape == (1, 2)

    channels = [layer.out_channels for layer in net if isinstance(layer, nn.Conv2d)]
    assert channels == [8, 8, 16, 16, *[32] * 3, *[64] * 6]


def test_width_leaves_the_fully_connected_layers_alone() -> None:
    with torch.device("meta"):
        net = vgg_face.build(2, **SMALL, width=0.25)

    sizes = [(layer.in_features, layer.out_features) for layer in net if isinstance(layer, nn.Linear)]
    assert sizes == [(128, 8), (8, 8), (8, 2)]


def test_weights_of_another_width_are_refused() -> None:
    given = vgg_face.build(2, **SMALL, width=0.125).state_dict()

    with pytest.raises(ValueError, match=r"27 of 30 tensors .*\nhint: .*`width: 1`"):
        vgg_face.start(vgg_face.build(2, **SMALL), given, seed=0, origin="file")


def test_absent_weights_are_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="convert the release"):
        vgg_face.read_weights(str(tmp_path / "absent.pth"))


@pytest.mark.parametrize("name", ["conv_1_1.weight", "conv1_1.weight"])
def test_both_spellings_are_read(tmp_path: Path, name: str) -> None:
    torch.save({name: torch.ones(1), "fc6.bias": torch.zeros(1)}, tmp_path / "weights.pth")
    given = vgg_face.read_weights(str(tmp_path / "weights.pth"))

    assert given is not None
    assert given.keys() == {"conv_1_1.weight", "fc6.bias"}
