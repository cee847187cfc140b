import pytest
import torch
from pydantic import ValidationError
from torchvision.models import resnet50, vgg16
from torchvision.models.resnet import Bottleneck
from torchvision.models.vgg import cfgs, make_layers

from tasks.nets import encoders
from tasks.nets.encoders import ARCHITECTURES, Encoder, count_parameters
from tasks.parts.params import EncoderName, EncoderParams, ResnetForm

NAMES: tuple[EncoderName, ...] = ("vgg16", "vgg19", "resnet50")


def on_meta(name: EncoderName, form: ResnetForm = "keras", width: float = 1) -> Encoder:
    with torch.device("meta"):
        return ARCHITECTURES[name].build(form, width=width)


@pytest.mark.parametrize(
    ("name", "count"), [("vgg16", 14_714_688), ("vgg19", 20_024_384), ("resnet50", 23_534_592)]
)
def test_encoder_has_the_parameters_of_keras(name: EncoderName, count: int) -> None:
    assert count_parameters(on_meta(name)) == count


def test_resnet_of_torchvision_lacks_the_convolution_biases() -> None:
    biases = count_parameters(on_meta("resnet50")) - count_parameters(on_meta("resnet50", "torchvision"))
    assert biases == 26_560


@pytest.mark.parametrize("name", NAMES)
def test_grid_is_a_32nd_of_the_image(name: EncoderName) -> None:
    features = on_meta(name)(torch.empty(1, 3, 224, 224, device="meta"))
    assert features.shape == (1, ARCHITECTURES[name].channels, 7, 7)


@pytest.mark.parametrize(("name", "channels"), [("vgg16", 512), ("vgg19", 512), ("resnet50", 1024)])
@pytest.mark.parametrize("size", [64, 96])
def test_small_images_keep_the_stride(name: EncoderName, channels: int, size: int) -> None:
    trunk = on_meta(name).trunk(torch.empty(1, 3, size, size, device="meta"))
    assert trunk.shape == (1, channels, size // 16, size // 16)


def test_keras_pools_to_55_pixels() -> None:
    pooled = on_meta("resnet50").trunk[:4](torch.empty(1, 3, 224, 224, device="meta"))
    assert pooled.shape == (1, 64, 55, 55)


def test_keras_strides_in_the_first_1x1() -> None:
    block = on_meta("resnet50").get_submodule("tuned.layer4.0")
    assert isinstance(block, Bottleneck)
    assert (block.conv1.stride, block.conv2.stride) == ((2, 2), (1, 1))


def test_trunk_stays_in_eval_mode() -> None:
    encoder = on_meta("resnet50").train()
    assert (encoder.trunk.training, encoder.tuned.training) == (False, True)


def test_trunk_takes_no_gradient() -> None:
    assert not any(parameter.requires_grad for parameter in on_meta("vgg16").trunk.parameters())


def first_weights(seed: int) -> torch.Tensor:
    return encoders.create(EncoderParams(encoder="resnet50"), source="none", seed=seed).get_parameter(
        "trunk.conv1.weight"
    )


def test_random_start_is_a_function_of_the_seed() -> None:
    assert torch.equal(first_weights(1), first_weights(1))
    assert not torch.equal(first_weights(1), first_weights(2))


def test_creating_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    encoders.create(EncoderParams(encoder="resnet50"), source="none", seed=3)
    assert torch.equal(torch.get_rng_state(), before)


KERAS = EncoderParams(encoder="resnet50", weights="none", resnet_form="keras")


def test_resnet_that_is_trained_computes_what_torchvision_computes() -> None:
    theirs = resnet50(weights=None).eval()
    ours = encoders.create(EncoderParams(encoder="resnet50"), source="none", seed=0)
    encoders.load(ours, theirs.state_dict(), origin="theirs")
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    expected = torch.nn.Sequential(*list(theirs.children())[:-2])(images)
    assert torch.equal(ours(images), expected)


@torch.no_grad()
def test_keras_form_with_torchvision_weights_is_another_function() -> None:
    both = EncoderParams(encoder="resnet50"), KERAS
    trained, keras = (encoders.create(params, source="none", seed=0) for params in both)
    left = keras.load_state_dict(trained.state_dict(), strict=False)
    assert {name.rpartition(".")[2] for name in left.missing_keys} == {"bias"}  # zero before and after
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    expected = trained(images)
    assert float((keras(images) - expected).norm() / expected.norm()) > 0.1


def test_keras_form_refuses_weights_of_torchvision() -> None:
    ours = encoders.create(KERAS, source="none", seed=0)
    with pytest.raises(ValueError, match=r"first `t.*bias`\nhint: check `encoder`, `resnet_form`"):
        encoders.load(ours, resnet50(weights=None).state_dict(), origin="theirs")


def test_keras_form_takes_weights_of_its_own() -> None:
    first, second = (encoders.create(KERAS, source="none", seed=seed) for seed in (0, 1))
    encoders.load(second, first.state_dict(), origin="first")
    assert torch.equal(first.get_parameter("trunk.conv1.weight"), second.get_parameter("trunk.conv1.weight"))


def test_keras_form_does_not_start_from_imagenet() -> None:
    with pytest.raises(ValidationError, match="`resnet_form: keras` does not fit `weights: imagenet`"):
        EncoderParams(encoder="resnet50", resnet_form="keras")


def test_vgg_takes_torchvision_names() -> None:
    with torch.device("meta"):
        theirs = {name for name in vgg16(weights=None).state_dict() if name.startswith("features.")}
    assert {f"features.{name}" for name in make_layers(cfgs["D"]).state_dict()} == theirs


def test_vgg_computes_what_torchvision_computes() -> None:
    theirs = make_layers(cfgs["D"]).eval()
    ours = encoders.create(EncoderParams(), source="none", seed=0)
    given = {f"features.{name}": tensor for name, tensor in theirs.state_dict().items()}
    encoders.load(ours, given, origin="theirs")
    images = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert torch.equal(ours(images), theirs(images))


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match=r"weights `vgg` do not fit.*\nhint: check `encoder`"):
        encoders.load(on_meta("vgg19"), on_meta("resnet50").state_dict(), origin="vgg")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("width", "least", "most"), [(0.5, 0.24, 0.26), (0.125, 0.015, 0.018)])
def test_narrow_encoder_has_the_square_of_its_width_in_parameters(
    name: EncoderName, width: float, least: float, most: float
) -> None:
    assert least < count_parameters(on_meta(name, width=width)) / count_parameters(on_meta(name)) < most


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [0.5, 0.3, 0.125])
def test_narrow_encoder_gives_the_channels_that_are_said(name: EncoderName, width: float) -> None:
    features = on_meta(name, width=width)(torch.empty(1, 3, 64, 64, device="meta"))
    assert features.shape == (1, ARCHITECTURES[name].channels_at(width), 2, 2)


@pytest.mark.parametrize("name", NAMES)
def test_weights_of_another_width_are_refused(name: EncoderName) -> None:
    narrow, half, quarter = (
        encoders.create(EncoderParams(encoder=name, weights="none", width=width), source="none", seed=0)
        for width in (0.125, 0.5, 0.25)
    )
    wanted = r"or have another shape, first `t.*`: \[.*\] in place of \[.*\]\nhint: .* and `width`"
    for other in (half, quarter):
        with pytest.raises(ValueError, match=wanted):
            encoders.load(narrow, other.state_dict(), origin="other")
