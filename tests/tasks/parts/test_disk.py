"""What tasks say of their disk: the networks' real sizes, and what small trials really leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from orchestrator.files.plain_file import files_below
from tasks import attributes, foreground, gender, mininet, multitask, recognition, segment, transfer
from tasks.nets import mininet as small
from tasks.nets import resnet18, vgg_face
from tasks.nets.decoder import Decoder
from tasks.nets.encoders import ARCHITECTURES, count_parameters
from tasks.nets.multitask import MultitaskNet
from tasks.nets.recognition import Recogniser
from tasks.nets.unet import UNet
from tasks.parts import checkpoint, disk
from tasks.prepare import aflw, celeba, celebhair, elfw, face_masks, vggface2
from tests.tasks import background_chain, chain, elfw_chain, multitask_chain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import nn

    from tests.tasks.chain import Trial

NEAR = 1.2
"""So many times more or less is near."""
ROUGHLY = 2.5
"""A short training has saved only once, where two checkpoints are counted."""


def test_as_many_checkpoints_are_counted_as_are_kept() -> None:
    assert disk.CHECKPOINTS == checkpoint.KEPT


def vgg(**given: Any) -> int:
    return count_parameters(vgg_face.build(2, **given))


def trained(depth: str) -> int:
    net = vgg_face.build(2)
    return count_parameters(vgg_face.cut(net, "fc" if depth == "fc" else "conv4")[1])


def encoder(name: Any, width: float = 1) -> nn.Module:
    return ARCHITECTURES[name].build("torchvision", width=width)


CASES: dict[str, tuple[Any, Any, Callable[[], tuple[int, int, int]]]] = {
    "attributes": (attributes, attributes.Params(), lambda: (vgg(), trained("fc"), trained("fc"))),
    "deep attributes": (
        attributes,
        attributes.Params(trains="conv4", optimizer="adam"),
        lambda: (vgg(), trained("conv4"), 2 * trained("conv4")),
    ),
    "transfer": (transfer, transfer.Params(), lambda: (count_parameters(resnet18.build()),) * 3),
    "narrow transfer": (
        transfer,
        transfer.Params(weights="none", width=0.5),
        lambda: (count_parameters(resnet18.build(width=0.5)),) * 3,
    ),
    "foreground": (foreground, foreground.Params(), lambda: (count_parameters(UNet()),) * 3),
    "narrow foreground": (
        foreground,
        foreground.Params(width=0.25),
        lambda: (count_parameters(UNet(width=0.25)),) * 3,
    ),
    "recognition": (
        recognition,
        recognition.Params(),
        lambda: (
            count_parameters(Recogniser(8631)),
            count_parameters(Recogniser(8631)),
            count_parameters(Recogniser(8631).fc),
        ),
    ),
    "mininet": (mininet, mininet.Params(), lambda: (count_parameters(small.build()),) * 3),
    "multitask": (
        multitask,
        multitask.Params(),
        lambda: (
            count_parameters(MultitaskNet(2)),
            count_parameters(MultitaskNet(2)),
            2 * count_parameters(MultitaskNet(2)),
        ),
    ),
    "segment as FCN32s": (
        segment,
        segment.Params(fc_units=4096),
        lambda: (count_parameters(Decoder(512, decoder_input="grid", image_size=224, fc_units=4096)),) * 3,
    ),
    **{
        f"end to end {name}": (
            segment,
            segment.EndToEndParams.model_validate({"encoder": name}),
            lambda name=name: (count_parameters(encoder(name)),) * 3,  # type: ignore[misc]  # as below
        )
        for name in ("vgg16", "vgg19", "resnet50")
    },
    **{
        f"gender {name}": (
            gender,
            gender.Params.model_validate({"encoder": name}),
            lambda name=name: (  # type: ignore[misc]  # mypy knows no defaults of lambdas
                count_parameters(encoder(name)),
                *(count_parameters(encoder(name).tuned),) * 2,
            ),
        )
        for name in ("vgg16", "vgg19", "resnet50")
    },
}


@pytest.mark.parametrize("case", CASES)
def test_networks_are_as_large_as_is_said(case: str) -> None:
    """Written once; in each checkpoint as they are, as they were best, and the optimizer's moments."""
    task, params, counted = CASES[case]
    with torch.device("meta"):
        whole, in_loop, moments = counted()
    real = 4 * (whole + checkpoint.KEPT * (2 * in_loop + moments))

    assert real / NEAR < task.disk(params) < real * NEAR


@pytest.mark.parametrize(
    ("task", "params", "said"),
    [
        (celeba, celeba.Params(images=100), 100 * 224 * 224 * 3),
        (celeba, celeba.Params(images=100, grey=True), 100 * 224 * 224),
        (celeba, celeba.Params(images=None), 162_770 * 224 * 224 * 3),
        (aflw, aflw.Params(), None),
        (elfw, elfw.Params(), 228 * 250 * 250 * 3),
        (elfw, elfw.Params(of_each="all"), None),
        (face_masks, face_masks.Params(limit=10), 10 * 224 * 224 * 5),
        (recognition, recognition.TestParams(), None),
        (foreground, foreground.RemoveParams(), None),
        (mininet, mininet.TestParams(), 0),
        (segment, segment.Params(), None),
    ],
    ids=str,
)
def test_what_the_parameters_do_not_say_is_open(task: Any, params: Any, said: int | None) -> None:
    assert task.disk(params) == said


def left_by(trial: Trial) -> int:
    folders = (trial.artifacts, trial.context.checkpoint)
    return sum(found.st_size for folder in folders for _, found in files_below(folder))


@pytest.mark.slow
def test_small_trials_leave_about_what_is_said(tmp_path: Path, data: Path) -> None:
    labelled = chain.prepare_gender(tmp_path / "labelled", data)
    classed = elfw_chain.prepare_classes(tmp_path / "classed", data)
    masks = background_chain.prepare_masks(tmp_path / "masks", data)
    people = background_chain.prepare_people(tmp_path / "people", data)
    grey = multitask_chain.prepare(tmp_path / "grey", data)
    narrow = transfer.Params(weights="none", width=0.25, epochs=2, batch_size=9)
    unet = background_chain.UNET.model_copy(update={"width": 0.25})
    said_and_left = {
        "celeba": (celeba.disk(celeba.Params(images=16, image_size=32)), left_by(labelled)),
        "celebhair": (celebhair.disk(celebhair.Params(train=12, val=4, test=6)), left_by(masks)),
        "vggface2": (
            vggface2.disk(vggface2.Params(train=14, val=4, test=5, short_side=36)),
            left_by(people),
        ),
        "gender": (
            gender.disk(chain.GENDER.model_copy(update={"width": 0.25})),
            left_by(
                chain.train_gender(
                    tmp_path / "gender", labelled, chain.GENDER.model_copy(update={"width": 0.25})
                )
            ),
        ),
        "transfer": (
            transfer.disk(narrow),
            left_by(elfw_chain.fine_tune(tmp_path / "transfer", classed, narrow)),
        ),
        "mininet": (
            mininet.disk(elfw_chain.MININET),
            left_by(elfw_chain.train_mininet(tmp_path / "mininet", classed)),
        ),
        "multitask": (
            multitask.disk(multitask_chain.PARAMS),
            left_by(multitask_chain.train(tmp_path / "multitask", grey)),
        ),
        "foreground": (
            foreground.disk(unet),
            left_by(background_chain.train_unet(tmp_path / "unet", masks, unet)),
        ),
    }
    far = {
        name: (said, left)
        for name, (said, left) in said_and_left.items()
        if said is None or not said / ROUGHLY < left < said * ROUGHLY
    }

    assert not far
