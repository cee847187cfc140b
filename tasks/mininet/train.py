"""Train the mini-network on ELFW's hair, spectacles and cap, and test it (Dacharla & Pulleti, section 4)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from tasks.data import elfw
from tasks.mininet import LOCKSTEP
from tasks.nets import mininet, summary
from tasks.parts import (
    classed_pictures,
    classification,
    images,
    lockstep,
    losses,
    metrics,
    misclassified,
    pictures,
    precision,
    seeding,
)
from tasks.parts.lockstep import Once, Training
from tasks.parts.training import Loop, State, lowest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor, nn

    from tasks.mininet import MininetParams, OverfitParams, Params
    from tasks.parts.classed_pictures import ClassedSet
    from tasks.parts.context import Asked, Context
    from tasks.parts.lockstep import Ended
    from tasks.parts.prediction import Predictor, Trained


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network, and return the metrics of the epoch with the lowest validation loss.

    `final_...` are those of the last epoch, `result_epoch` is that of the network. `train_eval_loss` is
    measured on the whole training part after the epoch, and so may be set beside `val_loss`, while
    `train_loss` is a mean over the epoch's steps.
    """
    training = begin(params, context, Once())
    for epoch in training.loop:  # epoch 0 has no minibatches: it measures the untrained network
        for given in training.minibatches(epoch):
            found = training.measured(given)
            training.loop.descend(found["loss"])
            epoch.record(**found)
        epoch.end(training.validate())
    return training.finish()


def run_together(
    params: Sequence[Params], contexts: Sequence[Context], *, stack: bool | None = None
) -> Iterator[tuple[int, Ended]]:
    """Train several at once; yield the place of each as it ends, with its metrics or what ended it."""
    return lockstep.train(begin, params, contexts, may_differ=LOCKSTEP, stack=stack)


def begin(params: Params, context: Context, once: Once) -> Training:
    """Read the pictures and build the network; trainings share the pictures, those of one seed the set."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    folder = context.need("pictures")
    shown = once.made(("shown", folder), lambda: pictures.read(folder))
    pixels = once.made(
        ("pixels", folder), lambda: classed_pictures.squeezed(shown, params.image_size, context)
    )
    faces = once.made(
        ("faces", folder, context.seed), lambda: make_set(shown, params, context, pixels=pixels)
    )
    net = precision.prepare(mininet.build(params.image_size).to(faces.labels.device), params)
    loop = make_loop(net, faces, params, context)
    return Training(
        loop=loop,
        inputs=(faces.pictures, faces.labels),
        measure=lambda net, shown, labels: losses.class_cross_entropy(net(shown), labels),
        validate=lambda: validate(net, faces, asked=loop),
        finish=lambda: finish(loop, faces, shown, context),
    )


def make_set(
    shown: pictures.Pictures, params: MininetParams, context: Context, *, pixels: Tensor | None = None
) -> ClassedSet:
    """Split the pictures and normalise them by mean and deviation of the training part (section 2)."""
    return classed_pictures.make_set(
        shown,
        context,
        image_size=params.image_size,
        share=params.held_out,
        stratify=params.stratify,
        pixels=pixels,
    )


def make_loop(net: nn.Module, faces: ClassedSet, params: Params, context: Context) -> Loop:
    """Return the loop: SGD for all epochs."""
    optimizer = torch.optim.SGD(
        net.parameters(),
        lr=params.lr,
        momentum=params.momentum,
        weight_decay=params.weight_decay,
        fused=params.fused or None,
    )
    return Loop(
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


def finish(loop: Loop, faces: ClassedSet, shown: pictures.Pictures, context: Context) -> dict[str, float]:
    """Write the network and return the result."""
    classed_pictures.write(loop.model, faces.view, context)
    return {
        **classed_pictures.told(loop, ("train_loss", "train_eval_loss", "val_loss", "val_acc")),
        "chance_acc": metrics.majority_share(faces.labels[faces.rows["val"]]),
        **loop.state.timing(),
        **{f"{part}_images": len(rows) for part, rows in faces.rows.items()},
        **classed_pictures.constants(faces.view),
        **shown.counts,
    }


def validate(net: nn.Module, faces: ClassedSet, asked: Asked) -> dict[str, float]:
    """Return loss and accuracy of the validation part, and the loss of the training part."""
    val = classed_pictures.score(net, faces, faces.rows["val"], asked)
    train_eval_loss = classed_pictures.score(net, faces, faces.rows["train"], asked)["loss"]
    return {"val_loss": val["loss"], "val_acc": val["acc"], "train_eval_loss": train_eval_loss}


def overfit(params: OverfitParams, context: Context) -> dict[str, float]:
    """Train on one picture until its loss is small enough or the epochs are over; tell both (I-002-5)."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    shown = pictures.read(context.need("pictures"))
    faces = make_set(shown, params, context)
    net = precision.prepare(mininet.build(params.image_size).to(faces.labels.device), params)

    outcome = learn_by_heart(net, faces, params, context)

    classed_pictures.write(net, faces.view, context)
    of_network = outcome.best if params.result == "best" else outcome.last
    loss = of_network["sample_loss"]
    return {
        "sample_loss": loss,
        "sample_acc": of_network["sample_acc"],
        "sample_probability": math.exp(-loss),
        "untrained_loss": outcome.untrained["sample_loss"],
        "enough": float(loss <= params.enough),
        "epochs": outcome.epoch,
        **shown.counts,
    }


def learn_by_heart(net: nn.Module, faces: ClassedSet, params: OverfitParams, context: Context) -> State:
    """Train with SGD on the first picture of the training part alone, one step an epoch."""
    optimizer = torch.optim.SGD(
        net.parameters(), lr=params.lr, momentum=params.momentum, fused=params.fused or None
    )
    loop = Loop(
        model=net,
        optimizer=optimizer,
        context=context,
        rows=faces.rows["train"][:1],
        batch_size=1,
        max_epochs=params.max_epochs,
        keep=lowest("sample_loss"),
        result=params.result,
        enough=params.enough,
        amp=params.amp,
    )
    for epoch in loop:
        for rows in epoch:
            loss = losses.class_cross_entropy(net(faces.pictures[rows]), faces.labels[rows])
            loop.descend(loss)
            epoch.record(loss)
        found = classed_pictures.score(net, faces, loop.rows, asked=loop)
        epoch.end({f"sample_{name}": value for name, value in found.items()})
    return loop.state


def test(context: Context) -> dict[str, float]:
    """Test the network of the need `trained`, and tell what it is made of.

    `all_acc` is the accuracy on every picture, those of the training included: what the report seems to
    print (I-002-4).
    """
    shown = pictures.read(context.need("pictures"))
    view = classed_pictures.read_view(context.need("trained"))
    classed_pictures.check_pictures(shown, view)
    net = mininet.build(view.image_size)
    classed_pictures.load(net, context.need("trained"))

    pixels = classed_pictures.squeezed(shown, view.image_size, context)
    labels, test_rows = shown.labels[classed_pictures.LABEL], shown.rows(view.test)
    every_row = torch.arange(len(labels))
    scaled = images.scale(pixels, view.mean, view.std)
    logits = classed_pictures.predict(net, scaled, every_row, context)
    tested = classification.score(logits[test_rows], labels[test_rows])
    answers = logits[test_rows].argmax(dim=1)
    report = classification.report(answers, labels[test_rows], elfw.CLASSES)
    classification.write_confusion(
        context.artifact("confusion.csv"), answers, labels[test_rows], elfw.CLASSES
    )
    tiles = classed_pictures.answered(shown, test_rows, logits[test_rows], elfw.CLASSES)
    misclassified.draw_sheet(context.artifact(classed_pictures.ANSWERS), tiles)
    return {
        "test_loss": tested["loss"],
        "test_acc": tested["acc"],
        "all_acc": metrics.accuracy(logits, labels),
        "chance_acc": metrics.majority_share(labels[test_rows]),
        "test_images": len(test_rows),
        "all_images": len(labels),
        **{f"test_{name}": value for name, value in report.items()},
        **summary.describe(net, (3, view.image_size, view.image_size)),
        **shown.counts,
    }


def predictor(trained: Trained) -> Predictor:
    """Return what says of a picture whether it shows hair, spectacles or a cap."""
    # A test has no network of its own: it is the one that it tested.
    folder = trained.needs["trained"].artifacts if "trained" in trained.needs else trained.artifacts
    view = classed_pictures.read_view(folder)
    net = classed_pictures.load(mininet.build(view.image_size), folder)
    return lambda picture: classed_pictures.answer(net, view, elfw.CLASSES, picture)
