"""Train a small network on handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from sklearn.datasets import load_digits
from torch import nn

from tasks.digits import CLASSES, SIDE
from tasks.parts import classification, losses, metrics, seeding
from tasks.parts.training import Loop, lowest

if TYPE_CHECKING:
    from torch import Tensor

    from tasks.digits import Params
    from tasks.parts.context import Context

TEST = 360
"""The last pictures, by writers that the first ones are not by; the same for every seed."""
VAL_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Digits:
    """All pictures and answers, and which are for what."""

    pictures: Tensor  # float32 [N, 64], 0 to 1
    labels: Tensor  # int64 [N]
    train: Tensor  # int64, rows
    val: Tensor
    test: Tensor


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, and return the metrics of the epoch with the lowest validation loss."""
    seeding.seed_all(context.seed)
    digits = read_digits(context.seed)
    net = nn.Sequential(nn.Linear(SIDE * SIDE, params.hidden), nn.ReLU(), nn.Linear(params.hidden, CLASSES))
    loop = make_loop(net, digits, params, context)
    for epoch in loop:  # epoch 0 has no minibatches: it measures the untrained network
        for rows in epoch:
            loss = losses.class_cross_entropy(net(digits.pictures[rows]), digits.labels[rows])

            loop.optimizer.zero_grad()
            loss.backward()
            loop.optimizer.step()
            epoch.record(loss)
        epoch.end(score(net, digits, digits.val, "val"))
    write_answers(net, digits, context)
    return {
        **{name: loop.state.best[name] for name in ("train_loss", "val_loss", "val_acc")},
        **score(net, digits, digits.test, "test"),
        "best_epoch": loop.state.best_epoch,
    }


def read_digits(seed: int) -> Digits:
    """Read the pictures; which of the first ones are for validation is drawn by the seed."""
    found = load_digits()
    order = seeding.epoch_order(len(found.target) - TEST, seed=seed, epoch=0)
    held_out = int(VAL_SHARE * len(order))
    return Digits(
        pictures=torch.from_numpy(found.data).float() / 16,
        labels=torch.from_numpy(found.target).long(),
        train=order[held_out:],
        val=order[:held_out],
        test=torch.arange(len(order), len(found.target)),
    )


def make_loop(net: nn.Module, digits: Digits, params: Params, context: Context) -> Loop:
    """Return the loop; after it the network has the weights of the epoch with the lowest validation loss."""
    optimizers = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    return Loop(
        model=net,
        optimizer=optimizers[params.optimizer](net.parameters(), lr=params.lr),
        context=context,
        rows=digits.train,
        batch_size=params.batch_size,
        max_epochs=params.epochs,
        keep=lowest("val_loss"),
    )


@torch.no_grad()
def write_answers(net: nn.Module, digits: Digits, context: Context) -> None:
    """Write `confusion.csv` of the test pictures."""
    answers, classes = net(digits.pictures[digits.test]).argmax(dim=1), list(map(str, range(CLASSES)))
    path = context.artifact("confusion.csv")
    classification.write_confusion(path, answers, digits.labels[digits.test], classes)


@torch.no_grad()
def score(net: nn.Module, digits: Digits, rows: Tensor, part: str) -> dict[str, float]:
    """Return loss and accuracy of some pictures, as `val_loss` and `val_acc`."""
    logits, labels = net(digits.pictures[rows]), digits.labels[rows]
    loss = float(losses.class_cross_entropy(logits, labels))
    return {f"{part}_loss": loss, f"{part}_acc": metrics.accuracy(logits, labels)}
