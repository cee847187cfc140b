"""Train the mini-network on ELFW's hair, spectacles and cap (Dacharla & Pulleti, section 4).

`run` trains it, `overfit` makes it learn one picture by heart, and `test` asks a trained one about the
pictures that were kept from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from torch import Tensor, nn

    from tasks.parts.classed_pictures import ClassedSet
    from tasks.parts.context import Context
    from tasks.parts.pictures import Pictures
    from tasks.parts.prediction import Predictor, Trained
    from tasks.parts.training import State

VERSION: int = 2
PRELOAD: tuple[str, ...] = (
    "torch",
    "tasks.nets.mininet",
    "tasks.nets.summary",
    "tasks.parts.classed_pictures",
    "tasks.parts.classification",
    "tasks.parts.pictures",
    "tasks.parts.training",
)


class MininetParams(TaskParams):
    """What `run` and `overfit` share; the defaults are the best cell that the report's text names."""

    # Section 4: swept over 1e-4, 5e-4, 1e-3
    lr: float = Field(default=1e-3, gt=0)
    # Section 4: swept over 0.9, 0.95
    momentum: float = Field(default=0.9, ge=0, lt=1)
    # Section 4: input 64 by 64
    image_size: int = Field(default=64, ge=8, le=512, multiple_of=4)
    # Section 2: 10 % for validation and 10 % for the test
    held_out: float = Field(default=0.1, gt=0, lt=0.5)
    # Section 2: "a balanced distribution"; false: by chance, whatever classes a part then lacks
    stratify: bool = True


class Params(MininetParams):
    """What can be changed of a training."""

    # Section 4: swept over 1e-5, 5e-5, 1e-4
    weight_decay: float = Field(default=1e-4, ge=0)
    # Read off the figure of the best cell
    epochs: int = Field(default=50, ge=1)
    # Not in the report
    batch_size: int = Field(default=32, ge=1)


class OverfitParams(MininetParams):
    """What can be changed of the overfitting demonstration, which the report ends at a loss of 0.518."""

    # Not in the report: where a picture counts as learnt, with a probability of 0.99 for its class
    enough: float = Field(default=0.01, gt=0)
    # Not in the report: when to give up
    max_epochs: int = Field(default=500, ge=1)


class TestParams(TaskParams):
    """Nothing can be changed: the network is tested as it was trained."""


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network, and return the metrics of the epoch with the lowest validation loss.

    `final_...` are those of the last epoch; `train_eval_loss` is measured on the whole training part after
    the epoch, and so may be set beside `val_loss`, while `train_loss` is a mean over the epoch's steps.
    """
    from tasks.parts import classed_pictures, metrics, pictures, seeding

    seeding.seed_all(context.seed)
    shown = pictures.read(context.need("pictures"))
    faces = make_set(shown, params, context)

    net, outcome = train_net(faces, params, context)

    classed_pictures.write(net, faces.view, context)
    told = ("train_loss", "train_eval_loss", "val_loss", "val_acc")
    return {
        **{name: outcome.best[name] for name in told},
        **{f"final_{name}": outcome.last[name] for name in told},
        "chance_acc": metrics.majority_share(faces.labels[faces.rows.val]),
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "train_images": len(faces.rows.train),
        "val_images": len(faces.rows.val),
        "test_images": len(faces.rows.test),
        **shown.counts,
    }


def make_set(shown: Pictures, params: MininetParams, context: Context) -> ClassedSet:
    """Split the pictures and normalise them by mean and deviation of the training part (section 2)."""
    from tasks.parts import classed_pictures

    rows = classed_pictures.split_rows(
        shown, share=params.held_out, stratify=params.stratify, seed=context.seed
    )
    return classed_pictures.make_set(shown, rows, params.image_size, context)


def train_net(faces: ClassedSet, params: Params, context: Context) -> tuple[nn.Module, State]:
    """Train with SGD for all epochs; the network ends with the weights of the lowest validation loss."""
    import torch

    from tasks.data import elfw
    from tasks.nets import mininet
    from tasks.parts import losses
    from tasks.parts.training import Goal, Recipe, Training, train

    net = mininet.build(params.image_size, classes=len(elfw.CLASSES)).to(faces.labels.device)

    def loss(indices: Tensor) -> dict[str, Tensor]:
        rows = faces.rows.train[indices]
        return {"loss": losses.class_cross_entropy(net(faces.pictures[rows]), faces.labels[rows])}

    def validate() -> dict[str, float]:
        val = score(net, faces, faces.rows.val)
        train_eval_loss = score(net, faces, faces.rows.train)["loss"]
        return {"val_loss": val["loss"], "val_acc": val["acc"], "train_eval_loss": train_eval_loss}

    lowest_loss = Goal(metric="val_loss", better="lower")
    recipe = Recipe.all_epochs(
        params.epochs, samples=len(faces.rows.train), batch_size=params.batch_size, keep=lowest_loss
    )
    optimizer = torch.optim.SGD(
        net.parameters(), lr=params.lr, momentum=params.momentum, weight_decay=params.weight_decay
    )
    training = Training(model=net, optimizer=optimizer, loss=loss, validate=validate, recipe=recipe)
    return net, train(training, context)


def score(net: nn.Module, faces: ClassedSet, rows: Tensor) -> dict[str, float]:
    """Return `loss` and `acc` on some rows."""
    from tasks.parts import classed_pictures, classification

    logits = classed_pictures.predict(net, faces.pictures, rows)
    return classification.score(logits, faces.labels[rows].cpu())


def overfit(params: OverfitParams, context: Context) -> dict[str, float]:
    """Train on one picture until its loss is small enough or the epochs are over; tell both (I-002-5)."""
    import math

    from tasks.parts import classed_pictures, pictures, seeding

    seeding.seed_all(context.seed)
    shown = pictures.read(context.need("pictures"))
    faces = make_set(shown, params, context)

    net, outcome = learn_by_heart(faces, params, context)

    classed_pictures.write(net, faces.view, context)
    loss = outcome.best["sample_loss"]
    return {
        "sample_loss": loss,
        "sample_acc": outcome.best["sample_acc"],
        "sample_probability": math.exp(-loss),
        "untrained_loss": outcome.untrained["sample_loss"],
        "enough": float(loss <= params.enough),
        "epochs": outcome.epoch,
        **shown.counts,
    }


def learn_by_heart(faces: ClassedSet, params: OverfitParams, context: Context) -> tuple[nn.Module, State]:
    """Train with SGD on the first picture of the training part alone, one step an epoch."""
    import torch

    from tasks.data import elfw
    from tasks.nets import mininet
    from tasks.parts import losses
    from tasks.parts.training import Goal, Recipe, Training, train

    net = mininet.build(params.image_size, classes=len(elfw.CLASSES)).to(faces.labels.device)
    one = faces.rows.train[:1]

    def loss(_indices: Tensor) -> dict[str, Tensor]:
        return {"loss": losses.class_cross_entropy(net(faces.pictures[one]), faces.labels[one])}

    lowest_loss = Goal(metric="sample_loss", better="lower")
    training = Training(
        model=net,
        optimizer=torch.optim.SGD(net.parameters(), lr=params.lr, momentum=params.momentum),
        loss=loss,
        validate=lambda: {f"sample_{name}": value for name, value in score(net, faces, one).items()},
        recipe=Recipe(
            samples=1,
            batch_size=1,
            max_epochs=params.max_epochs,
            keep=lowest_loss,
            stop=lowest_loss,
            patience=params.max_epochs,
            enough=params.enough,
        ),
    )
    return net, train(training, context)


def test(params: TestParams, context: Context) -> dict[str, float]:  # noqa: ARG001  one signature for all tasks
    """Test the network of the need `trained`, and tell what it is made of.

    `all_acc` is the accuracy on every picture, those of the training included: what the report seems to
    print (I-002-4).
    """
    import torch

    from tasks.data import elfw
    from tasks.nets import mininet, summary
    from tasks.parts import classed_pictures, classification, images, metrics, pictures

    shown = pictures.read(context.need("pictures"))
    view = classed_pictures.read_view(context.need("trained"))
    classed_pictures.check_pictures(shown, view)
    net = mininet.build(view.image_size, classes=len(elfw.CLASSES))
    classed_pictures.load(net, context.need("trained"))

    pixels = classed_pictures.squeezed(shown, view.image_size, context)
    labels, test_rows = shown.labels[classed_pictures.LABEL], shown.rows(view.test)
    every_row = torch.arange(len(labels))
    logits = classed_pictures.predict(net, images.scale(pixels, view.mean, view.std), every_row)
    tested = classification.score(logits[test_rows], labels[test_rows])
    report = classification.report(logits[test_rows].argmax(dim=1), labels[test_rows], elfw.CLASSES)
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
    from tasks.data import elfw
    from tasks.nets import mininet
    from tasks.parts import classed_pictures

    # A test has no network of its own: it is the one that it tested.
    folder = trained.needs["trained"].artifacts if "trained" in trained.needs else trained.artifacts
    view = classed_pictures.read_view(folder)
    net = classed_pictures.load(mininet.build(view.image_size, classes=len(elfw.CLASSES)), folder)
    return lambda picture: classed_pictures.answer(net, view, elfw.CLASSES, picture)
