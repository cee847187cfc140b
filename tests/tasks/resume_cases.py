"""A trial of every task at its smallest, for the test that each can be interrupted and resumed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# So many pictures of each dataset that a preparation, which asks after every 64, is stopped half-way.
PICTURES = 70


@dataclass(frozen=True, slots=True)
class Case:
    """A trial: its task, its parameters, and the cases whose artifacts it needs."""

    task: str
    params: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)


CELEBA = {"pictures": "wild", "partition": "all", "images": None, "crop": "face"}
VGG = {"weights": "none", "image_size": 32}
ATTRIBUTES = {**VGG, "attributes": ["Male", "Young"], "fc_units": 16, "batch_size": 8, "epochs": 2}
UNET = {"image_size": 32, "batch_size": 6, "epochs": 2, "lr": 0.05}
RECOGNITION = {"weights": "none", "image_size": 32, "batch_size": 7, "epochs": 2, "lr": 1e-3}
PEOPLE = {"train": 12, "val": 8, "test": 48, "short_side": 36}

CASES = {
    "drawn": Case("tasks.synthetic_data.run", {"scale": "tiny"}),
    "celeba": Case(
        "tasks.prepare.celeba.run",
        {**CELEBA, "attributes": ["Male", "Young"], "images": 24, "image_size": 32},
    ),
    "celeba, grey": Case(
        "tasks.prepare.celeba.run",
        {
            **CELEBA,
            "attributes": ["Male", "Eyeglasses"],
            "pictures": "aligned",
            "image_size": 16,
            "grey": True,
        },
    ),
    "lfw": Case("tasks.prepare.face_masks.run", {"dataset": "lfw", "image_size": 32}),
    "helen": Case("tasks.prepare.face_masks.run", {"dataset": "helen", "image_size": 32}),
    "celebhair": Case("tasks.prepare.celebhair.run", {"train": 12, "val": 8, "test": 48}),
    "vggface2": Case("tasks.prepare.vggface2.run", PEOPLE),
    # A test part so large that removing the background is stopped half-way.
    "vggface2, cut": Case(
        "tasks.prepare.vggface2.run", {**PEOPLE, "train": 2, "val": 2, "test": 66, "crop": "box"}
    ),
    "aflw": Case("tasks.prepare.aflw.run", {"image_size": 32, "split": "grouped"}),
    "elfw": Case("tasks.prepare.elfw.run", {"image_size": 64, "of_each": "all"}),
    "gender": Case("tasks.gender.run", {**VGG, "batch_size": 8, "max_epochs": 2}, {"pictures": "celeba"}),
    "gender, bf16": Case(
        "tasks.gender.run",
        {**VGG, "batch_size": 8, "max_epochs": 2, "amp": "bf16", "channels_last": True},
        {"pictures": "celeba"},
    ),
    "encode": Case("tasks.encode.run", {**VGG, "batch_size": 16}, {"pictures": "lfw"}),
    "segment": Case(
        "tasks.segment.run",
        {"image_size": 32, "batch_size": 32, "lr": 1e-2, "max_epochs": 3},
        {"pictures": "lfw", "features": "encode"},
    ),
    "segment, FCN32 by SGD": Case(
        "tasks.segment.run",
        {"image_size": 32, "batch_size": 32, "lr": 0.1, "max_epochs": 3, "fc_units": 8, "optimizer": "sgd"},
        {"pictures": "lfw", "features": "encode"},
    ),
    "segment, end to end": Case(
        "tasks.segment.end_to_end",
        {**VGG, "encoder": "resnet50", "width": 0.125, "batch_size": 32, "lr": 1e-2, "max_epochs": 3},
        {"pictures": "lfw"},
    ),
    "mean mask": Case("tasks.mean_mask.run", {"image_size": 32}, {"pictures": "lfw"}),
    "attributes, encode": Case("tasks.attributes.encode", {**VGG, "batch_size": 8}, {"pictures": "celeba"}),
    "attributes": Case(
        "tasks.attributes.run", ATTRIBUTES, {"pictures": "celeba", "features": "attributes, encode"}
    ),
    "attributes, convolutions": Case(
        "tasks.attributes.run",
        {**ATTRIBUTES, "trains": "conv4", "optimizer": "adam"},
        {"pictures": "celeba"},
    ),
    "lfw, pairs": Case("tasks.prepare.lfw.run", {"image_size": 32}),
    "verification": Case(
        "tasks.verification.run",
        {**VGG, "fc_units": 16, "batch_size": 16},
        {"pictures": "lfw, pairs"},
    ),
    "verification, retrained": Case(
        "tasks.verification.run",
        {**VGG, "fc_units": 16, "batch_size": 16, "network": "retrained"},
        {"pictures": "lfw, pairs", "network": "attributes"},
    ),
    "multitask": Case(
        "tasks.multitask.run",
        {"image_size": 16, "folds": 4, "test_share": 0.2, "batch_size": 16, "max_epochs": 3},
        {"pictures": "celeba, grey"},
    ),
    "mininet": Case(
        "tasks.mininet.run", {"epochs": 3, "image_size": 32, "batch_size": 16}, {"pictures": "elfw"}
    ),
    "mininet, overfit": Case(
        "tasks.mininet.overfit", {"image_size": 32, "lr": 1e-2, "max_epochs": 9}, {"pictures": "elfw"}
    ),
    "mininet, test": Case("tasks.mininet.test", {}, {"pictures": "elfw", "trained": "mininet"}),
    "digits": Case("tasks.digits.run", {"optimizer": "adam", "lr": 0.03, "epochs": 2}),
    "transfer": Case(
        "tasks.transfer.run", {"weights": "none", "epochs": 2, "batch_size": 55}, {"pictures": "elfw"}
    ),
    "transfer, fp16": Case(
        "tasks.transfer.run",
        {"weights": "none", "epochs": 2, "batch_size": 55, "amp": "fp16", "fused": True},
        {"pictures": "elfw"},
    ),
    "foreground": Case("tasks.foreground.run", UNET, {"pictures": "celebhair"}),
    "foreground, test": Case(
        "tasks.foreground.test", {"batch_size": 16}, {"pictures": "celebhair", "net": "foreground"}
    ),
    "foreground, remove": Case(
        "tasks.foreground.remove", {}, {"pictures": "vggface2, cut", "net": "foreground"}
    ),
    "recognition": Case("tasks.recognition.run", RECOGNITION, {"pictures": "vggface2"}),
    "recognition, test": Case(
        "tasks.recognition.test",
        {"background": "removed", "batch_size": 32},
        {"cutouts": "foreground, remove", "net": "recognition"},
    ),
}
