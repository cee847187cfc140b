"""Train the last layer of a face network, and test it (Prasertwaree & Khumphairan, part 2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR

from tasks.data.images import resize_short
from tasks.nets import recognition as nets
from tasks.nets import weights
from tasks.nets.encoders import count_parameters
from tasks.parts import losses, metrics, pictures, precision, recognition, seeding
from tasks.parts.prediction import Prediction
from tasks.parts.training import Loop, State, highest
from tasks.prepare.vggface2 import LABEL, PEOPLE
from tasks.recognition import NET, Params

if TYPE_CHECKING:
    from tasks.data.images import Pixels
    from tasks.parts.context import Asked, Context
    from tasks.parts.prediction import Predictor, Trained
    from tasks.recognition import TestParams


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write `recognition.safetensors`, and return the metrics of the epoch with the best accuracy."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    faces = pictures.read(context.need("pictures"))
    short_side = check_sides(faces, params.image_size)
    people = json.loads((context.need("pictures") / PEOPLE).read_text())
    net = nets.create(
        len(people),
        source=params.weights,
        batch_norm=params.batch_norm,
        seed=context.seed,
        width=params.width,
    ).to(seeding.pick_device())
    precision.prepare(net.backbone, params)
    precision.prepare(net.fc, params)

    outcome = train(net, faces, params, context)

    random_weights = float(params.weights == weights.NONE)
    notes = {"image_size": params.image_size, "short_side": short_side, "random_weights": random_weights}
    nets.save(net, context.artifact(NET), people, notes)
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
        **outcome.timing(),
        **faces.counts,
    }


def check_sides(faces: pictures.Pictures, image_size: int) -> int:
    """Return the shorter side of all pictures; ValueError when it varies or no square fits into it."""
    sides = {min(size[:2]) for size in faces.sizes}
    if len(sides) > 1 or min(sides) < image_size:
        raise ValueError(
            f"squares of {image_size} pixels are cut from pictures whose shorter side is "
            f"{', '.join(str(side) for side in sorted(sides)[:3])}\n"
            "hint: prepare them with one `short_side` of at least `image_size`"
        )
    return sides.pop()


def draw_squares(
    faces: pictures.Pictures, rows: list[int], params: Params, source: tuple[int, int]
) -> Tensor:
    """Cut a square anywhere out of each picture, uint8 [B, 3, S, S]: from each row and the source."""

    def cut(row: int) -> Pixels:
        rng = np.random.default_rng([*source, row])
        return recognition.cut_anywhere(faces.picture(row), params.image_size, params.grey, rng)

    return recognition.stack([cut(row) for row in rows])


def make_optimizer(net: nets.Recogniser, params: Params) -> torch.optim.Optimizer:
    """Return SGD over what is trained, the last bias at twice the rate; the rest gets no gradient."""
    net.backbone.requires_grad_(requires_grad=params.train == "all")
    groups: list[dict[str, Any]] = [
        {"params": [net.fc.weight]},
        {"params": [net.fc.bias], "lr": 2 * params.lr, "weight_decay": 0.0},
    ]
    if params.train == "all":
        groups.append({"params": list(net.backbone.parameters())})
    return torch.optim.SGD(
        groups,
        lr=params.lr,
        momentum=params.momentum,
        weight_decay=params.weight_decay,
        fused=params.fused or None,
    )


def make_schedule(optimizer: torch.optim.Optimizer, params: Params, steps: int) -> LambdaLR | None:
    """Return the rate of every step, `steps` to an epoch; None where it never falls."""
    if params.step_size is None:
        return None
    fall = params.step_size * steps
    return LambdaLR(optimizer, lambda step: params.gamma ** (step // fall))


def train(net: nets.Recogniser, faces: pictures.Pictures, params: Params, context: Context) -> State:
    """Train for all epochs; the network ends with the weights of the best validation accuracy."""
    labels, rows = faces.labels[LABEL], faces.part("train")
    optimizer = make_optimizer(net, params)
    schedule = make_schedule(optimizer, params, steps=-(-len(rows) // params.batch_size))
    loop = Loop(
        model=net,
        optimizer=optimizer,
        schedule=schedule,
        context=context,
        rows=rows,
        batch_size=params.batch_size,
        max_epochs=params.epochs,
        keep=highest("val_top1"),
        amp=params.amp,
    )

    def load(rows: Tensor, epoch: int) -> tuple[Tensor, Tensor]:
        return draw_squares(faces, rows.tolist(), params, (context.seed, epoch)), labels[rows]

    for epoch in loop:  # epoch 0 has no minibatches: it measures the untrained net
        for squares, wanted in epoch.ahead(load):
            logits = net(squares)
            loss = losses.class_cross_entropy(logits, wanted)
            loop.descend(loss)
            if schedule is not None:
                schedule.step()
            top1, top5 = (metrics.in_top_k(logits, wanted, k).double().mean() for k in (1, 5))
            epoch.record(loss, top1=top1, top5=top5)
        epoch.end(validate(net, faces, params, asked=loop))
    return loop.state


def validate(
    net: nets.Recogniser, faces: pictures.Pictures, params: Params, asked: Asked
) -> dict[str, float]:
    """Return the scores of the validation part."""
    rows = faces.part("val")
    answers = recognition.answer(
        net, faces, rows, side=params.image_size, batch_size=params.batch_size, asked=asked
    )
    found = recognition.score(torch.cat([logits for _, logits in answers]), faces.labels[LABEL][rows])
    return {f"val_{name}": value for name, value in found.items()}


def test(params: TestParams, context: Context) -> dict[str, float]:
    """Measure on the test part, and write what the net says of each picture.

    `scores.safetensors` has features [N, 2048 at width 1] and logits [N, people]; `predictions.csv` the
    names, in the same order, and the five likeliest people; `first.png` is the first picture.
    """
    faces = pictures.read(context.need("pictures" if params.background == "kept" else "cutouts"))
    precision.set_tf32(params)
    net, notes = nets.load(context.need("net") / NET)
    net.to(seeding.pick_device())
    precision.prepare(net.backbone, params)
    rows, side = faces.part("test"), int(notes["image_size"])

    answers = list(
        recognition.answer(net, faces, rows, side=side, batch_size=params.batch_size, asked=context)
    )

    features, logits = (torch.cat(found) for found in zip(*answers, strict=True))
    labels = faces.labels[LABEL][rows]
    save_file({"features": features, "logits": logits}, context.artifact("scores.safetensors"))
    people = json.loads(notes["people"])
    names = [faces.names[row] for row in rows.tolist()]
    recognition.write_predictions(context.artifact("predictions.csv"), names, logits, labels, people)
    Image.fromarray(faces.picture(int(rows[0]))).save(context.artifact("first.png"))
    return {
        **recognition.score(logits, labels),
        **recognition.listing("logit", logits[0]),
        **recognition.listing("feature", features[0]),
        "chance_top1": metrics.majority_share(labels),
        "images": len(rows),
        "features": features.shape[1],
        "classes": logits.shape[1],
        "random_weights": float(notes["random_weights"]),
        **faces.counts,
    }


def predictor(trained: Trained) -> Predictor:
    """Return what names the five likeliest people of a picture, and how likely all others are together."""
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
