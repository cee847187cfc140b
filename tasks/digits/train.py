"""Train a small network on handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from sklearn.datasets import load_digits
from torch import nn

from tasks.data.images import grey, resize_rgb
from tasks.digits import CLASSES, SIDE, Params
from tasks.parts import classification, losses, metrics, seeding
from tasks.parts.prediction import Prediction
from tasks.parts.training import Loop, lowest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from tasks.data.images import Pixels
    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

TEST = 360
"""The last pictures, by writers that the first ones are not by; the same for every seed."""
VAL_SHARE = 0.2
NETWORK = "network.safetensors"
EXAMPLES, SHOWN_SIDE = 6, 160


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
    net = build(params.hidden)
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
    save_file(net.state_dict(), context.artifact(NETWORK))
    return {
        **{name: loop.state.best[name] for name in ("train_loss", "val_loss", "val_acc")},
        **score(net, digits, digits.test, "test"),
        "best_epoch": loop.state.best_epoch,
    }


def build(hidden: int) -> nn.Sequential:
    """Return a network from 64 pixels, 0 to 1, to the logits of the ten digits."""
    return nn.Sequential(nn.Linear(SIDE * SIDE, hidden), nn.ReLU(), nn.Linear(hidden, CLASSES))


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


def predictor(trained: Trained) -> Predictor:
    """Return what says which digit a picture shows: a bright one on dark ground, as the dataset has them.

    A picture whose rim is bright, as ink on paper, is turned to its negative first.
    """
    net = build(Params.model_validate(trained.params).hidden)
    net.load_state_dict(load_file(trained.artifacts / NETWORK))

    def answer(picture: Pixels) -> Prediction:
        pixels = torch.from_numpy(grey(resize_rgb(picture, SIDE))[:, :, 0]).float() / 255
        rim = torch.cat([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        upright = pixels if rim.mean() <= 0.5 else 1 - pixels
        with torch.no_grad():
            chances = net(upright.flatten()[None]).softmax(dim=1)[0].tolist()
        return Prediction(scores={"digit": {str(digit): chance for digit, chance in enumerate(chances)}})

    return answer


def examples() -> Mapping[str, Pixels]:
    """Return the first test pictures, uint8 [160, 160, 3]."""
    found = load_digits()
    shown = found.images[-TEST:][:EXAMPLES]
    names = [f"digit {digit} ({place + 1})" for place, digit in enumerate(found.target[-TEST:][:EXAMPLES])]
    return {name: _enlarged(pixels) for name, pixels in zip(names, shown, strict=True)}


def _enlarged(pixels: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Pixels:
    """Return a picture of values from 0 to 16 in squares that can be seen."""
    drawn = Image.fromarray((pixels * 255 / 16).astype(np.uint8)).convert("RGB")
    return np.array(drawn.resize((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.NEAREST))
