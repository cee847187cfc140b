"""Fine-tune ResNet-18 on ELFW's hair, spectacles and cap (Dacharla & Pulleti, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tasks.data import elfw
from tasks.nets import resnet18, weights
from tasks.nets.encoders import count_parameters
from tasks.parts import (
    classed_pictures,
    classification,
    feeding,
    images,
    losses,
    metrics,
    misclassified,
    pictures,
    precision,
    seeding,
)
from tasks.parts.training import Loop, lowest
from tasks.transfer import Params

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

    from tasks.parts.classed_pictures import ClassedSet
    from tasks.parts.context import Asked, Context
    from tasks.parts.prediction import Predictor, Trained


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network, and return the metrics of its epochs with a classification report.

    `val_loss` and the like are of the epoch where that is lowest, `final_...` of the last one; `result_epoch`
    is that of the network, which all the `test_...` are about.
    """
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    shown = pictures.read(context.need("pictures"))
    faces = make_set(shown, params, context)
    net = resnet18.create(
        classes=len(elfw.CLASSES), source=params.weights, seed=context.seed, width=params.width
    )
    net = precision.prepare(net.to(faces.labels.device), params)

    loop = train(net, faces, params, context)

    classed_pictures.write(net, faces.view, context)
    test = faces.rows["test"]
    labels = faces.labels[test].cpu()
    logits = classed_pictures.predict(net, faces.pictures, test, context)
    answers = logits.argmax(dim=1)
    report = classification.report(answers, labels, elfw.CLASSES)
    classification.write_confusion(context.artifact("confusion.csv"), answers, labels, elfw.CLASSES)
    tiles = classed_pictures.answered(shown, test, logits, elfw.CLASSES)
    misclassified.draw_sheet(context.artifact(classed_pictures.ANSWERS), tiles)
    return {
        **classed_pictures.told(loop, ("train_loss", "val_loss", "val_acc")),
        **{f"test_{name}": value for name, value in classification.score(logits, labels).items()},
        **{f"test_{name}": value for name, value in report.items()},
        "chance_acc": metrics.majority_share(labels),
        **loop.state.timing(),
        "classes": len(elfw.CLASSES),
        **shares(faces.rows),
        **classed_pictures.constants(faces.view),
        "parameters": count_parameters(net),
        "random_weights": float(params.weights == weights.NONE),
        **shown.counts,
    }


def make_set(shown: pictures.Pictures, params: Params, context: Context) -> ClassedSet:
    """Split the pictures and normalise them as the ImageNet weights want it (section 2)."""
    return classed_pictures.make_set(
        shown,
        context,
        image_size=params.image_size,
        share=params.held_out,
        stratify=params.stratify,
        normalisation=(images.IMAGENET_MEAN, images.IMAGENET_STD),
    )


def train(net: nn.Module, faces: ClassedSet, params: Params, context: Context) -> Loop:
    """Train all layers with SGD."""
    optimizer = torch.optim.SGD(
        net.parameters(), lr=params.lr, momentum=params.momentum, fused=params.fused or None
    )
    loop = Loop(
        model=net,
        optimizer=optimizer,
        context=context,
        rows=faces.rows["train"],
        batch_size=params.batch_size,
        max_epochs=params.epochs,
        keep=lowest("val_loss"),
        amp=params.amp,
        result=params.result,
    )
    for epoch in loop:  # epoch 0 has no minibatches: it measures the untrained network
        for rows in epoch:
            # One picture of one cell has no variance: left over alone, it is normalised by the running one.
            net.train(len(rows) > 1)
            shown, labels = (feeding.rows_of(each, rows) for each in (faces.pictures, faces.labels))
            loss = losses.class_cross_entropy(net(shown), labels)
            loop.descend(loss)
            epoch.record(loss)
        epoch.end(validate(net, faces, asked=loop))
    return loop


def validate(net: nn.Module, faces: ClassedSet, asked: Asked) -> dict[str, float]:
    """Return loss and accuracy of the validation part."""
    scores = classed_pictures.score(net, faces, faces.rows["val"], asked)
    return {f"val_{name}": value for name, value in scores.items()}


def shares(rows: Mapping[str, Tensor]) -> dict[str, float]:
    """Return how many pictures each part has, and which share of all that is."""
    counts = {part: len(chosen) for part, chosen in rows.items()}
    total = sum(counts.values())
    found = {f"{part}_images": float(count) for part, count in counts.items()}
    return found | {f"{part}_share": count / total for part, count in counts.items()}


def predictor(trained: Trained) -> Predictor:
    """Return what says of a picture whether it shows hair, spectacles or a cap."""
    view = classed_pictures.read_view(trained.artifacts)
    width = Params.model_validate(trained.params).width
    net = classed_pictures.load(resnet18.build(classes=len(elfw.CLASSES), width=width), trained.artifacts)
    return lambda picture: classed_pictures.answer(net, view, elfw.CLASSES, picture)
