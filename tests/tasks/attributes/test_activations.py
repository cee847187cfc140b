from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tasks.attributes import activations
from tasks.nets import vgg_face


@pytest.fixture(scope="module")
def answers() -> dict[str, torch.Tensor]:
    net = vgg_face.build(2, image_size=32, units=10, width=0.125).eval()
    torch.nn.init.constant_(net.conv_5_3.bias, -1e6)  # dead, and so all behind it is the same for any picture
    return activations.look(net.named_children(), torch.rand(1, 3, 32, 32))


def test_every_layer_before_the_last_is_looked_at(answers: dict[str, torch.Tensor]) -> None:
    assert [name for name in answers if name.startswith("conv_5")] == ["conv_5_1", "conv_5_2", "conv_5_3"]
    assert list(answers)[-2:] == ["fc6", "fc7"]
    assert len(answers) == 15


def test_channels_are_as_many_as_the_layer_has(answers: dict[str, torch.Tensor]) -> None:
    assert answers["conv_4_1"].shape == (64, 4, 4)


def test_units_stand_in_a_square(answers: dict[str, torch.Tensor]) -> None:
    assert answers["fc7"].shape == (1, 4, 4)
    assert int(answers["fc7"].isnan().sum()) == 6


def test_a_layer_that_has_died_is_told(answers: dict[str, torch.Tensor]) -> None:
    assert activations.told(answers["conv_5_3"]) == "100 % are 0"


def test_units_that_are_not_there_are_not_counted() -> None:
    assert activations.told(torch.tensor([[[0.0, 1.0], [1.0, torch.nan]]])) == "33 % are 0"


def test_each_layer_has_a_row(tmp_path: Path, answers: dict[str, torch.Tensor]) -> None:
    activations.draw(tmp_path / "any.png", np.zeros((8, 8, 3), dtype=np.uint8), answers)

    assert Image.open(tmp_path / "any.png").size == (150 + 12 * 50, 16 * 50)
