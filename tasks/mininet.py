"""Train the mini-network on ELFW's hair, spectacles and cap (Dacharla & Pulleti, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from tasks.data import layout
from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from tasks.data.reading import ClassedFace, Reading
    from tasks.parts.context import Context
    from tasks.parts.training import State

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.nets.mininet", "tasks.parts.images", "tasks.parts.training")


class Params(TaskParams):
    """What can be changed; the defaults are the best cell that the report's text names."""

    # Section 4: swept over 1e-4, 5e-4, 1e-3
    lr: float = Field(default=1e-3, gt=0)
    # Section 4: swept over 0.9, 0.95
    momentum: float = Field(default=0.9, ge=0, lt=1)
    # Section 4: swept over 1e-5, 5e-5, 1e-4
    weight_decay: float = Field(default=1e-4, ge=0)
    # Read off the figure of the best cell
    epochs: int = Field(default=50, ge=1)
    # Not in the report
    batch_size: int = Field(default=32, ge=1)
    # Section 4: input 64 by 64
    image_size: int = Field(default=64, ge=8, le=512, multiple_of=4)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the dataset, if it is not there."""
    message = layout.missing("elfw", data) if data is not None else None
    return [message] if message else []


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write `mininet.safetensors`, and return the metrics of the epoch with the lowest val_loss."""
    from safetensors.torch import save_file

    from tasks.data import elfw
    from tasks.parts import metrics, seeding
    from tasks.parts.reading_counts import reading_counts

    seeding.seed_all(context.seed)
    reading = elfw.read(context.data / "elfw")
    faces = make_classed_set(reading, params, context.seed)
    net, outcome = train_net(faces, params, context)
    save_file(net.state_dict(), context.artifact("mininet.safetensors"))
    test = score(net, faces, faces.test)
    return {
        "val_loss": outcome.best["val_loss"],
        "val_acc": outcome.best["val_acc"],
        "train_loss": outcome.best["train_loss"],
        "test_loss": test["loss"],
        "test_acc": test["acc"],
        "chance_acc": metrics.majority_share(faces.labels[faces.test]),
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "train_images": len(faces.train),
        "val_images": len(faces.val),
        "test_images": len(faces.test),
        **reading_counts(reading),
    }


@dataclass(frozen=True, slots=True)
class ClassedSet:
    """Normalised pictures and classes row by row, and the rows of the three parts."""

    pictures: Tensor  # float [N, 3, S, S]
    labels: Tensor  # int64 [N]
    train: Tensor  # int64, rows
    val: Tensor
    test: Tensor


def make_classed_set(reading: Reading[ClassedFace], params: Params, seed: int) -> ClassedSet:
    """Split 80/10/10 and normalise by mean and deviation of the training pictures (section 4)."""
    import torch

    from tasks.data import elfw, split
    from tasks.parts import images

    faces = {face.name: face for face in reading.samples}
    names = split.permutation(list(faces), seed=seed)
    pictures = images.load_batch([faces[name] for name in names], elfw.load, params.image_size)
    labels = torch.tensor([faces[name].label for name in names])
    tenth, rows = max(1, len(names) // 10), torch.arange(len(names))
    train = rows[: -2 * tenth]
    spread, mean = torch.std_mean(pictures[train].float() / 255, dim=(0, 2, 3))
    return ClassedSet(
        pictures=images.scale(pictures, mean.tolist(), spread.tolist()),
        labels=labels,
        train=train,
        val=rows[-2 * tenth : -tenth],
        test=rows[-tenth:],
    )


def train_net(faces: ClassedSet, params: Params, context: Context) -> tuple[nn.Module, State]:
    """Train with SGD for all epochs; the network ends with the weights of the lowest validation loss."""
    import torch

    from tasks.data import elfw
    from tasks.nets import mininet
    from tasks.parts import losses
    from tasks.parts.training import Goal, Recipe, Training, train

    net = mininet.build(params.image_size, classes=len(elfw.CLASSES))

    def loss(indices: Tensor) -> Tensor:
        rows = faces.train[indices]
        return losses.class_cross_entropy(net(faces.pictures[rows]), faces.labels[rows])

    lowest_loss = Goal(metric="val_loss", better="lower")
    training = Training(
        model=net,
        optimizer=torch.optim.SGD(
            net.parameters(), lr=params.lr, momentum=params.momentum, weight_decay=params.weight_decay
        ),
        loss=loss,
        validate=lambda: {f"val_{name}": value for name, value in score(net, faces, faces.val).items()},
        recipe=Recipe(
            samples=len(faces.train),
            batch_size=params.batch_size,
            max_epochs=params.epochs,
            keep=lowest_loss,
            stop=lowest_loss,
            patience=params.epochs,
        ),
    )
    return net, train(training, context)


def score(net: nn.Module, faces: ClassedSet, rows: Tensor) -> dict[str, float]:
    """Return loss and accuracy on some rows."""
    import torch

    from tasks.parts import losses, metrics

    with torch.no_grad():
        logits = net(faces.pictures[rows])
    labels = faces.labels[rows]
    return {
        "loss": float(losses.class_cross_entropy(logits, labels)),
        "acc": metrics.accuracy(logits, labels),
    }
