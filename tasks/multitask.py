"""Train one network for several attributes, or a network for one of them (Yuan et al., sections 2 and 3).

A part of the pictures is put aside for the test; the rest is cut into folds, one of which validates.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from tasks.parts.params import TaskParams, Width

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from tasks.data.images import Pixels
    from tasks.nets.multitask import MultitaskNet
    from tasks.parts.context import Context
    from tasks.parts.pictures import Pictures
    from tasks.parts.prediction import Prediction, Predictor, Trained
    from tasks.parts.training import State
    from tasks.prepare.celeba import Params as Preparation

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.nets.multitask", "tasks.parts.pictures", "tasks.parts.training")
# Pictures that are answered at once: 75 MB of shared maps.
ANSWERED = 256
# Height and width of CelebA's aligned pictures.
ALIGNED_SIZE = (218, 178)


class Params(TaskParams):
    """What can be changed; the defaults are the paper, and Adam, which it does not name (I-004-3)."""

    # Section 1: gender and eyeglasses; one attribute alone is one of the networks compared with
    attributes: tuple[str, ...] = Field(default=("Male", "Eyeglasses"), min_length=1)
    # Section 2.3: how much an attribute's loss counts in the sum; those not named count 1, as in the paper
    loss_weights: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    # Section 3: 10-fold cross-validation
    fold: int = Field(default=0, ge=0)
    folds: int = Field(default=10, ge=2)
    # The share put aside for the test, before the folds are cut; how many pictures that were is not said
    test_share: float = Field(default=0.1, gt=0, lt=1)
    # Not in the paper: the share of the maps and neurons of its network
    width: Width = 1
    # Section 2.1: grey pictures of 50 by 50
    image_size: int = Field(default=50, ge=10, le=512)
    # Section 2.4: the rate before the first epoch, L_0
    lr: float = Field(default=1e-3, gt=0)
    # Section 2.4: L_i = L_(i-1) (1 - 1/Epoch_i), which as printed is 0 from epoch 1 on. `telescoping` applies
    # it from epoch 2, so that L_i = L_0 / i; `constant` reads Epoch_i as max_epochs: L_i = L_0 (1 - 1/E)^i
    rule: Literal["telescoping", "constant"] = "telescoping"
    # Section 2.4
    batch_size: int = Field(default=32, ge=1)
    # Section 2.4: stop when the validation loss has not fallen in "more than two epochs"
    patience: int = Field(default=3, ge=1)
    # Section 2.4: "no more than 10 epochs"
    max_epochs: int = Field(default=10, ge=1)

    @model_validator(mode="after")
    def _consistent(self) -> Params:
        if len(set(self.attributes)) < len(self.attributes):
            raise ValueError(f"attributes {', '.join(self.attributes)} name one twice")
        unknown = sorted(set(self.loss_weights) - set(self.attributes))
        if unknown:
            raise ValueError(f"loss_weights name `{unknown[0]}`, attributes are {', '.join(self.attributes)}")
        if self.fold >= self.folds:
            raise ValueError(f"there is no fold {self.fold} of {self.folds}: they count from 0")
        if self.rule == "constant" and self.max_epochs == 1:
            raise ValueError("rule `constant` with max_epochs 1 has a learning rate of 0")
        return self


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write `multitask.safetensors` and `predictions.csv`; return the best epoch's metrics."""
    from safetensors.torch import save_file

    from tasks.nets.multitask import figure_3_5
    from tasks.parts import pictures, seeding

    seeding.seed_all(context.seed)
    shown = pictures.read(context.need("pictures"))
    faces = make_attribute_set(shown, params, context.seed)

    net, outcome = train_net(faces, params, context)

    # Every part is looked at again with the kept weights: what the loop saw of `train` was a moving target.
    logits = {part: answer(net, faces, rows, context) for part, rows in faces.parts.items()}
    state = {name: tensor.cpu() for name, tensor in net.state_dict().items()}
    save_file(state, context.artifact("multitask.safetensors"))
    names = [shown.names[row] for row in faces.parts["test"].tolist()]
    labels = faces.labels[faces.parts["test"]]
    write_predictions(context.artifact("predictions.csv"), names, labels, logits["test"], params)
    return {
        **{
            f"{part}_{name}": value
            for part, rows in faces.parts.items()
            for name, value in score(logits[part], faces.labels[rows], params).items()
        },
        **{f"{part}_images": len(rows) for part, rows in faces.parts.items()},
        **figure_3_5(len(params.attributes)),
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "timing_seconds": outcome.seconds,
        **shown.counts,
    }


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """Pictures and labels row by row, on the device, and which rows train, validate and test."""

    pictures: Tensor  # uint8 [N, 1, S, S]: 7,000 of them are 17.5 MB
    labels: Tensor  # int64 [N, attributes], 1 yes, 0 no
    parts: Mapping[str, Tensor]  # train, val, test: rows, int64


def make_attribute_set(shown: Pictures, params: Params, seed: int) -> AttributeSet:
    """Take the labels and cut the parts; all folds of one seed have the same test part."""
    import torch

    from tasks.data import split
    from tasks.parts import seeding

    check_pictures(shown, params)
    rest, test = split.random_split(shown.names, seed=seed, fraction=1 - params.test_share)
    train, val = split.k_fold(rest, fold=params.fold, folds=params.folds, seed=seed)
    device = seeding.pick_device()
    return AttributeSet(
        pictures=shown.batch(torch.arange(len(shown.names))).to(device),
        labels=torch.stack([shown.labels[attribute] for attribute in params.attributes], dim=1).to(device),
        parts={"train": shown.rows(train), "val": shown.rows(val), "test": shown.rows(test)},
    )


def check_pictures(shown: Pictures, params: Params) -> None:
    """Raise ValueError unless the pictures are grey, of the asked size, and have the asked labels."""
    shown.check_side(params.image_size)
    if any(channels != 1 for _, _, channels in shown.sizes):
        raise ValueError("this stage asks for grey pictures\nhint: prepare them with `grey: true`")
    absent = [attribute for attribute in params.attributes if attribute not in shown.labels]
    if absent:
        raise ValueError(
            f"these pictures have no label `{absent[0]}`; they have: {', '.join(shown.labels) or 'none'}\n"
            "hint: name it in `attributes` of the stage that prepares them"
        )


def train_net(faces: AttributeSet, params: Params, context: Context) -> tuple[MultitaskNet, State]:
    """Train; the network ends with the weights of the epoch with the lowest validation loss."""
    import torch

    from tasks.nets.multitask import MultitaskNet
    from tasks.parts.training import Goal, Recipe, Training, train

    net = MultitaskNet(len(params.attributes), params.image_size, width=params.width)
    net.to(faces.pictures.device)

    def loss(indices: Tensor) -> dict[str, Tensor]:
        rows = faces.parts["train"][indices]
        return measured(net(scaled(faces.pictures[rows])), faces.labels[rows], params)

    def validate() -> dict[str, float]:
        rows = faces.parts["val"]
        found = score(answer(net, faces, rows), faces.labels[rows], params)
        return {f"val_{name}": value for name, value in found.items()}

    optimizer = torch.optim.Adam(net.parameters(), lr=params.lr)
    lowest_loss = Goal(metric="val_loss", better="lower")
    recipe = Recipe(
        samples=len(faces.parts["train"]),
        batch_size=params.batch_size,
        max_epochs=params.max_epochs,
        keep=lowest_loss,
        stop=lowest_loss,
        patience=params.patience,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: rate(params, done + 1) / params.lr)
    training = Training(
        model=net, optimizer=optimizer, loss=loss, validate=validate, recipe=recipe, schedule=schedule
    )
    return net, train(training, context)


def rate(params: Params, epoch: int) -> float:
    """Return the learning rate of an epoch, counted from 1 (section 2.4, see `rule`)."""
    if params.rule == "telescoping":
        return params.lr / epoch
    return params.lr * (1 - 1 / params.max_epochs) ** epoch


def measured(logits: Tensor, labels: Tensor, params: Params) -> dict[str, Tensor]:
    """Return the weighted sum of the losses (section 2.3), their mean and that of the accuracies, and each.

    logits: float [N, attributes, 2]; labels: int64 [N, attributes].
    """
    import torch

    from tasks.parts import losses

    each = {
        attribute: losses.class_cross_entropy(logits[:, place], labels[:, place])
        for place, attribute in enumerate(params.attributes)
    }
    right = (logits.argmax(dim=2) == labels).double().mean(dim=0)
    weighted = [params.loss_weights.get(attribute, 1.0) * loss for attribute, loss in each.items()]
    return {
        "loss": torch.stack(weighted).sum(),
        "loss_mean": torch.stack(list(each.values())).mean(),
        "acc": right.mean(),
        **{f"loss_{attribute}": loss for attribute, loss in each.items()},
        **{f"acc_{attribute}": right[place] for place, attribute in enumerate(params.attributes)},
    }


def score(logits: Tensor, labels: Tensor, params: Params) -> dict[str, float]:
    """Return the same as numbers, and the accuracy of always giving the more frequent answer."""
    from tasks.parts import metrics

    chance = [metrics.majority_share(labels[:, place]) for place in range(len(params.attributes))]
    return {
        **{name: float(value) for name, value in measured(logits, labels, params).items()},
        "chance_acc": sum(chance) / len(chance),
        **{f"chance_acc_{name}": share for name, share in zip(params.attributes, chance, strict=True)},
    }


def answer(net: MultitaskNet, faces: AttributeSet, rows: Tensor, context: Context | None = None) -> Tensor:
    """Return the logits of these rows, float [len(rows), attributes, 2].

    Raises InterruptedError when a given context says stop; the training loop asks by itself.
    """
    import torch

    logits = []
    for batch in torch.split(rows, ANSWERED):
        if context is not None and context.should_stop():
            raise InterruptedError("stopped after the training, before everything was looked at again")
        with torch.no_grad():
            logits.append(net(scaled(faces.pictures[batch])))
    return torch.cat(logits)


def scaled(pictures: Tensor) -> Tensor:
    """Map grey values from 0..255 to 0..1 (section 2.1)."""
    return pictures.float() / 255


def write_predictions(path: Path, names: list[str], labels: Tensor, logits: Tensor, params: Params) -> None:
    """Write name, label and predicted probability of each attribute for the pictures of the test part."""
    probabilities = logits.softmax(dim=2)[:, :, 1].tolist()
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", *params.attributes, *(f"predicted_{name}" for name in params.attributes)])
        for name, truth, predicted in zip(names, labels.tolist(), probabilities, strict=True):
            writer.writerow([name, *truth, *(f"{probability:.6f}" for probability in predicted)])


def predictor(trained: Trained) -> Predictor:
    """Return what says `no` or `yes` for each attribute of a picture."""
    import torch
    from safetensors.torch import load_file

    from tasks.nets.multitask import MultitaskNet
    from tasks.parts import seeding
    from tasks.parts.prediction import Prediction
    from tasks.prepare import celeba

    params = Params.model_validate(trained.params)
    prepared = celeba.Params.model_validate(trained.needs["pictures"].params)
    net = MultitaskNet(len(params.attributes), params.image_size, width=params.width)
    net.load_state_dict(load_file(trained.artifacts / "multitask.safetensors"))
    device = seeding.pick_device()
    net.eval().to(device)

    def ask(picture: Pixels) -> Prediction:
        shown = torch.from_numpy(cut_as_prepared(picture, prepared)).permute(2, 0, 1).unsqueeze(0)
        with torch.no_grad():
            probabilities = net(scaled(shown.to(device))).softmax(dim=2)[0].tolist()
        answers = [{"no": no, "yes": yes} for no, yes in probabilities]
        return Prediction(scores=dict(zip(params.attributes, answers, strict=True)))

    return ask


def cut_as_prepared(picture: Pixels, prepared: Preparation) -> Pixels:
    """Return a picture, uint8 [H, W, 3], grey and resized; of one aligned as CelebA's only the face.

    Of any other picture nobody has marked the face: it is taken whole.
    """
    from tasks.data.celeba import ALIGNED_FACE
    from tasks.data.images import grey, resize_rgb

    if prepared.crop == "face" and picture.shape[:2] == ALIGNED_SIZE:
        picture = ALIGNED_FACE.cut(picture)
    return grey(resize_rgb(picture, prepared.image_size))
