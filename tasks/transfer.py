"""Fine-tune ResNet-18 on ELFW's hair, spectacles and cap (Dacharla & Pulleti, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tasks.nets import weights
from tasks.parts.params import TaskParams, Width

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from tasks.parts.classed_pictures import ClassedSet, Rows
    from tasks.parts.context import Context
    from tasks.parts.pictures import Pictures
    from tasks.parts.prediction import Predictor, Trained
    from tasks.parts.training import State

VERSION: int = 1
PRELOAD: tuple[str, ...] = (
    "torch",
    "torchvision",
    "tasks.nets.resnet18",
    "tasks.parts.classed_pictures",
    "tasks.parts.classification",
    "tasks.parts.pictures",
    "tasks.parts.training",
)


class Params(TaskParams):
    """What can be changed; the defaults are the report."""

    # "imagenet" (torchvision's weights), "none" (seeded random), or a path to a .pth or .safetensors file
    weights: str = Field(default="imagenet", min_length=1)
    # Not in the report: the share of ResNet-18's channels
    width: Width = 1
    # Section 3: SGD with this rate and momentum, for so many epochs
    lr: float = Field(default=1e-3, gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    epochs: int = Field(default=10, ge=1)
    # Not in the report
    batch_size: int = Field(default=32, ge=2)
    # Section 2: resized to 32 by 32 (I-002-2); five halvings leave one cell
    image_size: int = Field(default=32, ge=32, le=512)
    # Section 2: 10 % for validation and 10 % for the test
    held_out: float = Field(default=0.1, gt=0, lt=0.5)
    # Section 2: "a balanced distribution"; false: by chance, whatever classes a part then lacks
    stratify: bool = True


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if it is not there."""
    return weights.missing("resnet18", params.weights)


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network, and return the metrics of the best epoch with a classification report."""
    from tasks.data import elfw
    from tasks.nets.encoders import count_parameters
    from tasks.parts import classed_pictures, classification, metrics, pictures, seeding

    seeding.seed_all(context.seed)
    shown = pictures.read(context.need("pictures"))
    faces = make_set(shown, params, context)

    net, outcome = fine_tune(faces, params, context)

    classed_pictures.write(net, faces.view, context)
    labels = faces.labels[faces.rows.test].cpu()
    logits = classed_pictures.predict(net, faces.pictures, faces.rows.test)
    report = classification.report(logits.argmax(dim=1), labels, elfw.CLASSES)
    return {
        "val_loss": outcome.best["val_loss"],
        "val_acc": outcome.best["val_acc"],
        "train_loss": outcome.best["train_loss"],
        **{f"test_{name}": value for name, value in classification.score(logits, labels).items()},
        **{f"test_{name}": value for name, value in report.items()},
        "chance_acc": metrics.majority_share(labels),
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "classes": len(elfw.CLASSES),
        **shares(faces.rows),
        "parameters": count_parameters(net),
        "random_weights": float(params.weights == weights.NONE),
        **shown.counts,
    }


def make_set(shown: Pictures, params: Params, context: Context) -> ClassedSet:
    """Split the pictures and normalise them as the ImageNet weights want it (section 2)."""
    from tasks.parts import classed_pictures, images

    rows = classed_pictures.split_rows(
        shown, share=params.held_out, stratify=params.stratify, seed=context.seed
    )
    wanted = (images.IMAGENET_MEAN, images.IMAGENET_STD)
    return classed_pictures.make_set(shown, rows, params.image_size, context, normalisation=wanted)


def fine_tune(faces: ClassedSet, params: Params, context: Context) -> tuple[nn.Module, State]:
    """Train all layers with SGD; the network ends with the weights of the lowest validation loss."""
    import torch

    from tasks.data import elfw
    from tasks.nets import resnet18
    from tasks.parts import classed_pictures, classification, losses
    from tasks.parts.training import Goal, Recipe, Training, train

    net = resnet18.create(
        classes=len(elfw.CLASSES), source=params.weights, seed=context.seed, width=params.width
    )
    net.to(faces.labels.device)

    def loss(indices: Tensor) -> dict[str, Tensor]:
        rows = faces.rows.train[indices]
        # One picture of one cell has no variance: left over alone, it is normalised by the running one.
        net.train(len(rows) > 1)
        return {"loss": losses.class_cross_entropy(net(faces.pictures[rows]), faces.labels[rows])}

    def validate() -> dict[str, float]:
        logits = classed_pictures.predict(net, faces.pictures, faces.rows.val)
        scores = classification.score(logits, faces.labels[faces.rows.val].cpu())
        return {f"val_{name}": value for name, value in scores.items()}

    lowest_loss = Goal(metric="val_loss", better="lower")
    recipe = Recipe.all_epochs(
        params.epochs, samples=len(faces.rows.train), batch_size=params.batch_size, keep=lowest_loss
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=params.lr, momentum=params.momentum)
    training = Training(model=net, optimizer=optimizer, loss=loss, validate=validate, recipe=recipe)
    return net, train(training, context)


def shares(rows: Rows) -> dict[str, float]:
    """Return how many pictures each part has, and which share of all that is."""
    counts = {"train": len(rows.train), "val": len(rows.val), "test": len(rows.test)}
    total = sum(counts.values())
    found = {f"{part}_images": float(count) for part, count in counts.items()}
    return found | {f"{part}_share": count / total for part, count in counts.items()}


def predictor(trained: Trained) -> Predictor:
    """Return what says of a picture whether it shows hair, spectacles or a cap."""
    from tasks.data import elfw
    from tasks.nets import resnet18
    from tasks.parts import classed_pictures

    view = classed_pictures.read_view(trained.artifacts)
    width = Params.model_validate(trained.params).width
    net = classed_pictures.load(resnet18.build(classes=len(elfw.CLASSES), width=width), trained.artifacts)
    return lambda picture: classed_pictures.answer(net, view, elfw.CLASSES, picture)
