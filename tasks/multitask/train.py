"""Train one network for several attributes, or a network for one of them (Yuan et al., sections 2 and 3).

A part of the pictures is put aside for the test; the rest is cut into folds, one of which validates.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tasks.data import split
from tasks.data.celeba import ALIGNED_FACE
from tasks.data.images import grey, resize_rgb
from tasks.multitask import LOCKSTEP, Params, sheets
from tasks.nets.multitask import MultitaskNet, figure_2_2, figure_3_5
from tasks.parts import images, lockstep, losses, metrics, pictures, precision, seeding
from tasks.parts.context import asking
from tasks.parts.lockstep import Once, Training
from tasks.parts.prediction import Prediction
from tasks.parts.training import Loop, lowest
from tasks.prepare import celeba

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tasks.data.images import Pixels
    from tasks.parts.context import Asked, Context
    from tasks.parts.lockstep import Ended
    from tasks.parts.prediction import Predictor, Trained

# Pictures that are answered at once: 75 MB of shared maps.
ANSWERED = 256
# Height and width of CelebA's aligned pictures.
ALIGNED_SIZE = (218, 178)


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network, its answers and pictures of both; return the metrics of the network.

    `best_epoch` is that of the lowest validation loss, `result_epoch` that of the network.
    """
    training = begin(params, context, Once())
    schedule = training.loop.schedule
    for epoch in training.loop:  # epoch 0 has no minibatches: it measures the untrained network
        for given in training.minibatches(epoch):
            found = training.measured(given)
            training.loop.descend(found["loss"])
            epoch.record(**found)
        epoch.end(training.validate())
        if epoch.number > 0 and schedule is not None:
            schedule.step()
    return training.finish()


def run_together(
    params: Sequence[Params], contexts: Sequence[Context], *, stack: bool | None = None
) -> Iterator[tuple[int, Ended]]:
    """Train several at once; yield the place of each as it ends, with its metrics or what ended it."""
    return lockstep.train(begin, params, contexts, may_differ=LOCKSTEP, stack=stack)


def begin(params: Params, context: Context, once: Once) -> Training:
    """Read the pictures and build the network; trainings share the pictures, whatever their folds."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    folder = context.need("pictures")
    shown = once.made(("shown", folder), lambda: pictures.read(folder))
    faces = make_attribute_set(shown, params, context.seed, once)
    net = MultitaskNet(len(params.attributes), params.image_size, width=params.width).to(
        faces.pictures.device
    )
    net = precision.prepare(net, params)
    loop = make_loop(net, faces, params, context)
    return Training(
        loop=loop,
        inputs=(faces.pictures, faces.labels),
        measure=lambda net, shown, labels: measure(net(scaled(shown)), labels, params),
        validate=lambda: validate(net, faces, params, asked=loop),
        finish=lambda: finish(loop, faces, shown, params),
    )


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """Pictures and labels row by row, on the device, and which rows train, validate and test."""

    pictures: Tensor  # uint8 [N, 1, S, S]: 7,000 of them are 17.5 MB
    labels: Tensor  # int64 [N, attributes], 1 yes, 0 no
    parts: Mapping[str, Tensor]  # train, val, test: rows, int64


def make_attribute_set(
    shown: pictures.Pictures, params: Params, seed: int, once: Once | None = None
) -> AttributeSet:
    """Take the labels and cut the parts; all folds of one seed have the same test part."""
    check_pictures(shown, params)
    once, device, every_row = once or Once(), seeding.pick_device(), torch.arange(len(shown.names))
    rest, test = put_aside(shown, params, seed)
    train, val = split.k_fold(rest, fold=params.fold, folds=params.folds, seed=seed)
    return AttributeSet(
        pictures=once.made(("pictures", shown.digest), lambda: shown.batch(every_row).to(device)),
        labels=once.made(("labels", shown.digest), lambda: shown.labels_of(params.attributes).to(device)),
        parts={"train": shown.rows(train), "val": shown.rows(val), "test": shown.rows(test)},
    )


def put_aside(shown: pictures.Pictures, params: Params, seed: int) -> tuple[list[str], list[str]]:
    """Return the names that folds are cut from, and those of the test, in an order that the seed draws."""
    if params.test_part == "drawn":
        return split.random_split(shown.names, seed=seed, fraction=1 - params.test_share)
    rows = set(shown.part("test").tolist())
    order = [(name, row in rows) for row, name in enumerate(shown.names)]
    test = split.permutation([name for name, held in order if held], seed=seed)
    return [name for name, held in order if not held], test


def check_pictures(shown: pictures.Pictures, params: Params) -> None:
    """Raise ValueError unless the pictures are grey and of the asked size."""
    shown.check_side(params.image_size)
    if any(channels != 1 for _, _, channels in shown.sizes):
        raise ValueError("this stage asks for grey pictures\nhint: prepare them with `grey: true`")


def make_loop(net: MultitaskNet, faces: AttributeSet, params: Params, context: Context) -> Loop:
    """Return the loop, which ends once the validation loss has not fallen for `patience` epochs."""
    optimizer = torch.optim.Adam(net.parameters(), lr=params.lr, fused=params.fused or None)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: rate(params, done + 1) / params.lr)
    return Loop(
        model=net,
        optimizer=optimizer,
        schedule=schedule,
        context=context,
        rows=faces.parts["train"],
        batch_size=params.batch_size,
        max_epochs=params.max_epochs,
        keep=lowest("val_loss"),
        result=params.result,
        patience=params.patience,
        amp=params.amp,
    )


def rate(params: Params, epoch: int) -> float:
    """Return the learning rate of an epoch, counted from 1 (section 2.4, see `rule`)."""
    if params.rule == "telescoping":
        return params.lr / epoch
    return params.lr * (1 - 1 / params.max_epochs) ** epoch


def validate(net: MultitaskNet, faces: AttributeSet, params: Params, asked: Asked) -> dict[str, float]:
    """Return the scores of the validation part."""
    rows = faces.parts["val"]
    found = score(answer(net, faces, rows, asked), faces.labels[rows], params)
    return {f"val_{name}": value for name, value in found.items()}


def measure(logits: Tensor, labels: Tensor, params: Params) -> dict[str, Tensor]:
    """Return the weighted sum of the losses (section 2.3), their mean and that of the accuracies, and each.

    logits: float [N, attributes, 2]; labels: int64 [N, attributes].
    """
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
    """Return the same as numbers, and the accuracy of always giving the more frequent answer.

    `all_acc` is the share of pictures of which every attribute is right.
    """
    chance = [metrics.majority_share(labels[:, place]) for place in range(len(params.attributes))]
    return {
        **{name: float(value) for name, value in measure(logits, labels, params).items()},
        "all_acc": float((logits.argmax(dim=2) == labels).all(dim=1).double().mean()),
        "chance_acc": sum(chance) / len(chance),
        **{f"chance_acc_{name}": share for name, share in zip(params.attributes, chance, strict=True)},
    }


@torch.no_grad()
def answer(net: nn.Module, faces: AttributeSet, rows: Tensor, asked: Asked) -> Tensor:
    """Return the logits of these rows, float [len(rows), attributes, 2]; InterruptedError to stop."""
    batches = asking(asked, torch.split(rows, ANSWERED))
    return torch.cat([net(scaled(faces.pictures[batch])) for batch in batches])


def scaled(pictures: Tensor) -> Tensor:
    """Map grey values from 0..255 to 0..1 (section 2.1)."""
    return pictures.float() / 255


def finish(loop: Loop, faces: AttributeSet, shown: pictures.Pictures, params: Params) -> dict[str, float]:
    """Write the network, its answers and pictures of both, and return the result."""
    net, context, outcome = cast("MultitaskNet", loop.model), loop.context, loop.state
    # Every part is looked at again with the kept weights: what the loop saw of `train` was a moving target.
    logits = {part: answer(net, faces, rows, context) for part, rows in faces.parts.items()}
    state = {name: tensor.cpu().contiguous() for name, tensor in net.state_dict().items()}
    save_file(state, context.artifact("multitask.safetensors"))
    test = faces.parts["test"]
    names = [shown.names[row] for row in test.tolist()]
    write_predictions(context.artifact("predictions.csv"), names, faces.labels[test], logits["test"], params)
    draw(net, faces, logits["test"], params, context)
    scores = {
        f"{part}_{name}": value
        for part, rows in faces.parts.items()
        for name, value in score(logits[part], faces.labels[rows], params).items()
    }
    return {
        **scores,
        "loss_gap": scores["val_loss_mean"] - scores["train_loss_mean"],
        **{f"{part}_images": len(rows) for part, rows in faces.parts.items()},
        **figure_3_5(len(params.attributes)),
        **figure_2_2(),
        **net.settings(),
        **{f"weight_{name}": params.loss_weights.get(name, 1.0) for name in params.attributes},
        "best_epoch": outcome.best_epoch,
        "result_epoch": loop.result_epoch,
        "epochs": outcome.epoch,
        "timing_seconds": outcome.seconds,
        **outcome.timing(),
        **shown.counts,
    }


def draw(net: MultitaskNet, faces: AttributeSet, logits: Tensor, params: Params, context: Context) -> None:
    """Draw the first maps of a test picture (figure 2.3), and test pictures with their answers (figure 3.3).

    logits: float [test pictures, attributes, 2]. Which pictures the paper shows is not said: these are the
    first of the test part, whose order is drawn, so that right and wrong ones come as often as in all of it.
    """
    rows = faces.parts["test"][: sheets.SHOWN]
    pictures = faces.pictures[rows]
    with torch.no_grad():
        maps = net.first_maps(scaled(pictures[:1]))[0]
    sheets.draw_maps(context.artifact("feature_maps.png"), maps)
    said = sheets.answers(params.attributes, logits[: len(rows)], faces.labels[rows])
    shown = list(pictures.permute(0, 2, 3, 1).cpu().numpy())
    sheets.draw_answers(context.artifact("answers.png"), shown, said)


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
    params = Params.model_validate(trained.params)
    prepared = celeba.Params.model_validate(trained.needs["pictures"].params)
    net = MultitaskNet(len(params.attributes), params.image_size, width=params.width)
    net.load_state_dict(load_file(trained.artifacts / "multitask.safetensors"))
    device = seeding.pick_device()
    net.eval().to(device)

    def ask(picture: Pixels) -> Prediction:
        shown = images.stack([cut_as_prepared(picture, prepared)])
        with torch.no_grad():
            probabilities = net(scaled(shown.to(device))).softmax(dim=2)[0].tolist()
        answers = [{"no": no, "yes": yes} for no, yes in probabilities]
        return Prediction(scores=dict(zip(params.attributes, answers, strict=True)))

    return ask


def cut_as_prepared(picture: Pixels, prepared: celeba.Params) -> Pixels:
    """Return a picture, uint8 [H, W, 3], grey and resized; of one aligned as CelebA's only the face.

    Of any other picture nobody has marked the face: it is taken whole.
    """
    if prepared.crop == "face" and picture.shape[:2] == ALIGNED_SIZE:
        picture = ALIGNED_FACE.cut(picture)
    return grey(resize_rgb(picture, prepared.image_size))
