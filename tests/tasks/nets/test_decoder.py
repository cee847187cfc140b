import pytest
import torch

from tasks.nets.decoder import Decoder, bilinear_kernel, section_3_3
from tasks.nets.encoders import ARCHITECTURES, count_parameters
from tasks.parts.params import EncoderName


def decoder(channels: int = 4, **given: object) -> Decoder:
    torch.manual_seed(0)
    return Decoder(channels, **{"decoder_input": "grid", "image_size": 224, **given})  # type: ignore[arg-type]  # mixed


def test_decoder_has_513_and_4096_parameters() -> None:
    net = decoder(512)
    assert (count_parameters(net.score), count_parameters(net.upsample)) == (513, 4096)


def test_decoder_on_resnet_grid_has_6145_parameters() -> None:
    assert count_parameters(decoder(2048)) == 6145


def test_counts_of_section_3_3() -> None:
    assert section_3_3() == {
        "parameters_score": 513,
        "parameters_upsample": 4096,
        "parameters_network": 14_719_297,
        "parameters_fcn32s": 14_714_688 + 102_764_544 + 16_781_312 + 4097 + 4096,
    }


def test_decoder_of_fcn32s_has_its_fully_connected_layers() -> None:
    with torch.device("meta"):
        wide = decoder(512, fc_units=4096)
    assert count_parameters(wide.hidden) == 512 * 49 * 4096 + 4096 + 4096 * 4096 + 4096
    assert wide(torch.empty(2, 512, 7, 7, device="meta")).shape == (2, 1, 224, 224)


@pytest.mark.parametrize(("name", "count"), [("vgg16", 14_719_297), ("vgg19", 20_028_993)])
def test_segmentation_network_has_the_printed_parameters(name: EncoderName, count: int) -> None:
    with torch.device("meta"):
        encoder = ARCHITECTURES[name].build("torchvision")
    assert count_parameters(encoder) + count_parameters(decoder(ARCHITECTURES[name].channels)) == count


@pytest.mark.parametrize(("grid", "size"), [(7, 224), (2, 64)])
def test_grid_grows_32_times(grid: int, size: int) -> None:
    assert decoder()(torch.zeros(2, 4, grid, grid)).shape == (2, 1, size, size)


def test_gap_fills_the_image() -> None:
    assert decoder(decoder_input="gap")(torch.zeros(2, 4, 7, 7)).shape == (2, 1, 224, 224)


def test_untrained_upsampling_interpolates() -> None:
    with torch.no_grad():
        out = decoder().upsample(torch.ones(1, 1, 7, 7))[0, 0]
    assert torch.allclose(out[16:-16, 16:-16], torch.ones(192, 192), atol=1e-5)


def test_bilinear_kernel_of_four() -> None:
    line = torch.tensor([0.25, 0.75, 0.75, 0.25])
    assert torch.equal(bilinear_kernel(4), torch.outer(line, line))


def test_gap_decoder_scales_one_shape() -> None:
    with torch.no_grad():
        first, second = decoder(decoder_input="gap")(torch.randn(2, 4, 7, 7))
    assert torch.allclose(first * second.sum(), second * first.sum(), rtol=1e-3)


def test_gap_equals_grid_averaged_before() -> None:
    features = torch.randn(2, 4, 7, 7)
    net = decoder(decoder_input="gap")
    assert torch.equal(net(features), net(features.mean(dim=(2, 3), keepdim=True)))


def test_score_starts_as_he_normal() -> None:
    assert float(decoder(2048).score.weight.detach().std()) == pytest.approx((2 / 2048) ** 0.5, rel=0.05)
