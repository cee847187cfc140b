"""Train the last layer of a face network on a sample of people (Prasertwaree & Khumphairan, part 2).

`run` trains, `test` measures on pictures with or without their background.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from tasks.nets import face_weights
from tasks.parts.params import ImageSize, TaskParams, Width

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor
    from torch.optim import Optimizer

    from tasks.data.images import Pixels
    from tasks.nets.recognition import Recogniser
    from tasks.parts.context import Context
    from tasks.parts.pictures import Pictures
    from tasks.parts.prediction import Predictor, Trained
    from tasks.parts.training import State

VERSION: int = 1
PRELOAD: tuple[str, ...] = (
    "torch",
    "torchvision",
    "tasks.nets.recognition",
    "tasks.parts.pictures",
    "tasks.parts.recognition",
    "tasks.parts.training",
)

NET = "recognition.safetensors"
LABEL = "identity"
PEOPLE = "people.json"


class Params(TaskParams):
    """What can be changed; the defaults are the report and its code base, cydonia999/VGGFace2-pytorch."""

    # "vggface2" (section 2.3.2: MS-Celeb-1M, then VGGFace2), "none" (seeded random), or the path of a file
    weights: str = Field(default=face_weights.VGGFACE2.name, min_length=1)
    # Not in the report: the share of ResNet-50's channels
    width: Width = 1
    # The code base gives its optimizer the last layer alone (I-001-5); `all` tunes the whole network
    train: Literal["fc", "all"] = "fc"
    # The code base leaves the backbone in training mode: each minibatch is normalised by its own statistics,
    # and their running means drift away from the given ones. The printed results were made so; `frozen`
    # keeps the given ones.
    batch_norm: Literal["drifting", "frozen"] = "drifting"
    # Code base: a random square of the picture, grey in one of five; tested in the middle
    image_size: ImageSize = 224
    grey: float = Field(default=0.2, ge=0, le=1)
    # Code base
    batch_size: int = Field(default=32, ge=1)
    # Section 2.4.3.2
    epochs: int = Field(default=100, ge=1)
    # Table 6; the rate never falls (I-001-5), and that of the bias is twice as high (code base)
    lr: float = Field(default=0.1, gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    weight_decay: float = Field(default=0, ge=0)


class TestParams(TaskParams):
    """What can be changed in a test; the size of the pictures is that of the training."""

    # kept: the need `pictures`; removed: the need `cutouts`
    background: Literal["kept", "removed"] = "kept"
    batch_size: int = Field(default=32, ge=1)


def missing(params: TaskParams, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if a training needs one and it is not there."""
    return face_weights.VGGFACE2.missing(params.weights) if isinstance(params, Params) else []


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write `recognition.safetensors`, and return the metrics of the epoch with the best accuracy."""
    from tasks.nets import recognition, weights
    from tasks.nets.encoders import count_parameters
    from tasks.parts import metrics, pictures, seeding

    seeding.seed_all(context.seed)
    faces = pictures.read(context.need("pictures"))
    short_side = check_sides(faces, params.image_size)
    people = json.loads((context.need("pictures") / PEOPLE).read_text())
    net = recognition.create(
        len(people),
        source=params.weights,
        batch_norm=params.batch_norm,
        seed=context.seed,
        width=params.width,
    ).to(seeding.pick_device())

    outcome = train_net(net, faces, params, context)

    random_weights = float(params.weights == weights.NONE)
    notes = {"image_size": params.image_size, "short_side": short_side, "random_weights": random_weights}
    recognition.save(net, context.artifact(NET), people, notes)
    return {
        **outcome.best,
        "untrained_val_top1": outcome.untrained["val_top1"],
        "chance_top1": metrics.majority_share(faces.labels[LABEL][faces.part("val")]),
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "train_images": len(faces.part("train")),
        "val_images": len(faces.part("val")),
        "test_images": len(faces.part("test")),
        "classes": len(people),
        "parameters": count_parameters(net),
        "parameters_trained": sum(part.numel() for part in net.parameters() if part.requires_grad),
        "random_weights": random_weights,
        "timing_minutes_per_epoch": outcome.seconds / 60 / outcome.epoch,
        "timing_hours": outcome.seconds / 3600,
        **faces.counts,
    }


def test(params: TestParams, context: Context) -> dict[str, float]:
    """Measure on the test part, and write what the net says of each picture.

    `scores.safetensors` has features [N, 2048 at width 1] and logits [N, people]; `predictions.csv` the
    names, in the same order, and the five likeliest people.
    """
    import torch
    from safetensors.torch import save_file

    from tasks.nets import recognition as nets
    from tasks.parts import metrics, pictures, recognition, seeding

    faces = pictures.read(context.need("pictures" if params.background == "kept" else "cutouts"))
    net, notes = nets.load(context.need("net") / NET)
    net.to(seeding.pick_device())
    rows, side = faces.part("test"), int(notes["image_size"])

    answers = list(
        recognition.answer(net, faces, rows, side=side, batch_size=params.batch_size, context=context)
    )

    features, logits = (torch.cat(found) for found in zip(*answers, strict=True))
    labels = faces.labels[LABEL][rows]
    save_file({"features": features, "logits": logits}, context.artifact("scores.safetensors"))
    people = json.loads(notes["people"])
    names = [faces.names[row] for row in rows.tolist()]
    recognition.write_predictions(context.artifact("predictions.csv"), names, logits, labels, people)
    return {
        **recognition.score(logits, labels),
        "chance_top1": metrics.majority_share(labels),
        "images": len(rows),
        "features": features.shape[1],
        "classes": logits.shape[1],
        "random_weights": float(notes["random_weights"]),
        **faces.counts,
    }


def check_sides(faces: Pictures, image_size: int) -> int:
    """Return the shorter side of all pictures; ValueError when it varies or no square fits into it."""
    sides = {min(size[:2]) for size in faces.sizes}
    if len(sides) > 1 or min(sides) < image_size:
        raise ValueError(
            f"squares of {image_size} pixels are cut from pictures whose shorter side is "
            f"{', '.join(str(side) for side in sorted(sides)[:3])}\n"
            "hint: prepare them with one `short_side` of at least `image_size`"
        )
    return sides.pop()


def train_net(net: Recogniser, faces: Pictures, params: Params, context: Context) -> State:
    """Train for all epochs; the network ends with the weights of the best validation accuracy."""
    import numpy as np
    import torch

    from tasks.parts import losses, metrics, recognition, seeding
    from tasks.parts.training import Goal, Recipe, Training, train

    device = seeding.pick_device()
    rows = faces.part("train")
    labels = faces.labels[LABEL]
    optimizer = make_optimizer(net, params)

    def cut(row: int, epoch: int) -> Pixels:
        rng = np.random.default_rng([context.seed, epoch, row])
        return recognition.cut_anywhere(faces.picture(row), params.image_size, params.grey, rng)

    def load(indices: Tensor, epoch: int) -> tuple[Tensor, Tensor]:
        chosen = rows[indices]
        return recognition.stack([cut(row, epoch) for row in chosen.tolist()]), labels[chosen]

    def loss(batch: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        pictures, wanted = (tensor.to(device) for tensor in batch)
        logits = net(pictures)
        found = {f"top{k}": metrics.in_top_k(logits, wanted, k).double().mean() for k in (1, 5)}
        return {"loss": losses.class_cross_entropy(logits, wanted), **found}

    def validate() -> dict[str, float]:
        val, side = faces.part("val"), params.image_size
        answers = recognition.answer(
            net, faces, val, side=side, batch_size=params.batch_size, context=context
        )
        found = recognition.score(torch.cat([logits for _, logits in answers]), labels[val])
        return {f"val_{name}": value for name, value in found.items()}

    best = Goal(metric="val_top1", better="higher")
    recipe = Recipe.all_epochs(params.epochs, samples=len(rows), batch_size=params.batch_size, keep=best)
    training = Training(
        model=net, optimizer=optimizer, loss=loss, validate=validate, recipe=recipe, load=load
    )
    return train(training, context)


def make_optimizer(net: Recogniser, params: Params) -> Optimizer:
    """Return SGD over what is trained, the last bias at twice the rate; the rest gets no gradient."""
    import torch

    net.backbone.requires_grad_(requires_grad=params.train == "all")
    groups: list[dict[str, Any]] = [
        {"params": [net.fc.weight]},
        {"params": [net.fc.bias], "lr": 2 * params.lr, "weight_decay": 0.0},
    ]
    if params.train == "all":
        groups.append({"params": list(net.backbone.parameters())})
    return torch.optim.SGD(groups, lr=params.lr, momentum=params.momentum, weight_decay=params.weight_decay)


def predictor(trained: Trained) -> Predictor:
    """Return what names the five likeliest people of a picture, and how likely all others are together."""
    import torch

    from tasks.data.images import resize_short
    from tasks.nets import recognition as nets
    from tasks.parts import recognition, seeding
    from tasks.parts.prediction import Prediction

    net, notes = nets.load(trained.artifacts / NET)
    device = seeding.pick_device()
    net.to(device)
    people = json.loads(notes["people"])

    def answer(picture: Pixels) -> Prediction:
        resized = resize_short(picture, int(notes["short_side"]))
        square = recognition.cut_middle(resized, int(notes["image_size"]))
        with torch.no_grad():
            probabilities = net(recognition.stack([square]).to(device)).softmax(dim=1)[0].cpu()
        likeliest = probabilities.topk(min(recognition.SHOWN, len(people)))
        found = zip(likeliest.indices.tolist(), likeliest.values.tolist(), strict=True)
        scores = {people[person]: probability for person, probability in found}
        if len(people) > recognition.SHOWN:
            scores[f"any other of {len(people)}"] = max(0.0, 1 - sum(scores.values()))
        return Prediction(scores={"person": scores})

    return answer
