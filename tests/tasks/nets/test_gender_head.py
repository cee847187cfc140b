import pytest
import torch

from tasks.nets.gender_head import GenderHead, table_3_1
from tasks.parts.params import EncoderName

TABLE_3_1: dict[EncoderName, tuple[int, int, int, int]] = {
    "vgg16": (7_079_424, 125_445, 30, 12),
    "vgg19": (9_439_232, 250_890, 55, 12),
    "resnet50": (14_976_000, 20_490, 55, 12),
}


@pytest.mark.parametrize("encoder", TABLE_3_1)
def test_parameters_are_those_of_table_3_1(encoder: EncoderName) -> None:
    assert tuple(table_3_1(encoder).values()) == TABLE_3_1[encoder]


@pytest.mark.parametrize(
    ("encoder", "count"), [("vgg16", 7_204_911), ("vgg19", 9_690_189), ("resnet50", 14_996_557)]
)
def test_trained_parameters_in_all(encoder: EncoderName, count: int) -> None:
    assert sum(table_3_1(encoder).values()) == count


@pytest.mark.parametrize(("encoder", "channels"), [("vgg16", 512), ("resnet50", 2048)])
def test_head_gives_two_logits(encoder: EncoderName, channels: int) -> None:
    with torch.device("meta"):
        logits = GenderHead(encoder, image_size=96)(torch.empty(4, channels, 3, 3))
    assert logits.shape == (4, 2)


@pytest.mark.parametrize(("encoder", "channels"), [("vgg16", 128), ("resnet50", 512)])
def test_head_takes_the_features_of_a_narrow_encoder(encoder: EncoderName, channels: int) -> None:
    with torch.device("meta"):
        logits = GenderHead(encoder, image_size=96, width=0.25)(torch.empty(4, channels, 3, 3))
    assert logits.shape == (4, 2)
