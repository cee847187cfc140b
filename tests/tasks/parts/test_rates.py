"""What the tasks of the published studies say of their hours: of their real sizes alone."""

from typing import Any

import pytest

from benchmarks import real_size
from tasks import attributes, encode, foreground, gender, recognition, segment
from tasks.parts import rates


def test_speeds_are_those_of_parts_that_are_measured() -> None:
    assert rates.SPEEDS.keys() <= real_size.PARTS.keys()


@pytest.mark.parametrize(
    ("task", "params", "part"),
    [
        (foreground, foreground.Params(), "unet"),
        (recognition, recognition.Params(), "recognition"),
        (attributes, attributes.Params(), "attributes fc"),
        (attributes, attributes.Params(trains="conv4"), "attributes conv4"),
    ],
    ids=["unet", "recognition", "fc", "conv4"],
)
def test_hours_are_those_that_the_benchmark_computes(task: Any, params: Any, part: str) -> None:
    computed = real_size.projected(real_size.PARTS[part], rates.SPEEDS[part])["hours in all"]

    assert task.hours(params, 1) == pytest.approx(computed)


@pytest.mark.parametrize(
    ("task", "params"),
    [
        (foreground, foreground.Params(width=0.5)),
        (foreground, foreground.Params(image_size=64)),
        (recognition, recognition.Params(train="all")),
        (attributes, attributes.Params(weights="none", fc_units=64)),
        (attributes, attributes.EncodeParams(image_size=32)),
        (encode, encode.Params(weights="none", width=0.25)),
        (segment, segment.Params(image_size=64)),
        (segment, segment.Params(fc_units=4096)),
        (segment, segment.EndToEndParams()),
        (segment, segment.Params(encoder="resnet50", decoder_input="grid")),
    ],
)
def test_of_other_sizes_nothing_is_said(task: Any, params: Any) -> None:
    assert task.hours(params, 1) is None


@pytest.mark.parametrize("gpus", [0, 2])
def test_of_other_numbers_of_gpus_nothing_is_said(gpus: int) -> None:
    assert segment.hours(segment.Params(), gpus) is None


def test_a_training_that_ends_sooner_takes_less() -> None:
    whole = segment.hours(segment.Params(), 1)

    assert whole is not None
    assert segment.hours(segment.Params(max_epochs=segment.EPOCHS // 2), 1) == pytest.approx(whole / 2)


def test_a_trunk_s_output_is_computed_before_the_epochs() -> None:
    epochs = real_size.projected(real_size.PARTS["gender vgg16"], rates.SPEEDS["gender vgg16"])
    trunk = 12_000 / rates.SPEEDS["encode vgg16"] / 3600

    assert gender.hours(gender.Params(), 1) == pytest.approx(epochs["hours in all"] + trunk)
