"""Fine-tune the last block of an encoder on CelebA's `Male` (Lindström, sections 3.2, 4.4 and 4.5).

The frozen trunk sees every picture once; its output is kept beside the checkpoint, and only the last block
and the small classifier are trained. The result is the whole encoder at the epoch with the best accuracy.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tasks.data import split
from tasks.data.images import resize_rgb
from tasks.gender import LOCKSTEP, Params
from tasks.nets import encoders, weights
from tasks.nets.gender_head import GenderHead, table_3_1
from tasks.parts import (
    classification,
    features,
    feeding,
    images,
    lockstep,
    losses,
    metrics,
    pictures,
    precision,
    seeding,
)
from tasks.parts.context import asking
from tasks.parts.lockstep import Once, Training
from tasks.parts.prediction import Prediction
from tasks.parts.training import Loop, highest, lowest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tasks.data.images import Pixels
    from tasks.parts.context import Asked, Context
    from tasks.parts.lockstep import Ended
    from tasks.parts.prediction import Predictor, Trained

# What the trunk says of all pictures, beside the checkpoint.
TRUNK = "trunk.safetensors"


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write encoder, classifier and `predictions.csv`, and return the metrics of the best epoch."""
    training = begin(params, context, Once())
    for epoch in training.loop:  # epoch 0 has no minibatches: it measures the untrained model
        for given in training.minibatches(epoch):
            found = training.measured(given)
            training.loop.descend(found["loss"])
            epoch.record(**found)
        epoch.end(training.validate())
    return training.finish()


def run_together(
    params: Sequence[Params], contexts: Sequence[Context], *, stack: bool | None = None
) -> Iterator[tuple[int, Ended]]:
    """Train several at once; yield the place of each as it ends, with its metrics or what ended it.

    Raises ValueError for ResNet-50, whose last block has BatchNorm.
    """
    return lockstep.train(begin, params, contexts, may_differ=LOCKSTEP, stack=stack)


def begin(params: Params, context: Context, once: Once) -> Training:
    """Build the model and compute the trunk's output, which trainings with the same trunk share."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    folder = context.need("pictures")
    shown = once.made(("shown", folder), lambda: pictures.read(folder))
    shown.check_side(params.image_size)
    device = seeding.pick_device()
    encoder = encoders.create(params, source=params.weights, seed=context.seed).to(device)
    trunk = precision.prepare(encoder.trunk, params)
    order = features.order(
        trunk, shown, batch_size=params.batch_size, notes={}, computed=precision.name(params)
    )
    stored = once.made(
        ("trunk", order.key), lambda: features.compute(context.checkpoint / TRUNK, order, context)
    )
    faces = make_tuning_set(stored, shown, context.seed)
    head = GenderHead(params.encoder, params.image_size, width=params.width).to(device)
    model = precision.prepare(nn.Sequential(encoder.tuned, head), params)
    modules = {"encoder": encoder, "classifier": head}
    loop = make_loop(model, faces, params, context)
    return Training(
        loop=loop,
        inputs=(faces.stored.values, faces.labels),
        measure=lambda model, values, labels: losses.class_cross_entropy(model(values), labels),
        validate=lambda: validate(model, faces, params, asked=loop),
        finish=lambda: finish(loop, modules, faces, shown, params),
    )


@dataclass(frozen=True, slots=True)
class TuningSet:
    """The trunk's output for each chosen picture, its label, and which pictures train and validate."""

    stored: features.Features  # values: float [N, C, 2G, 2G]
    labels: Tensor  # int64 [N], 1 male, 0 female
    train: Tensor  # int64, rows
    val: Tensor  # int64, rows


def make_tuning_set(stored: features.Features, shown: pictures.Pictures, seed: int) -> TuningSet:
    """Split 90/10, as section 4.1 does (10,800 and 1,200 pictures)."""
    train, val = split.random_split(shown.names, seed=seed)
    labels = feeding.resident(shown.labels["Male"])
    stored = replace(stored, values=feeding.resident(stored.values))
    return TuningSet(stored, labels, shown.rows(train), shown.rows(val))


def make_loop(model: nn.Module, faces: TuningSet, params: Params, context: Context) -> Loop:
    """Return the loop; after it last block and classifier have the weights of the best epoch."""
    optimizer = torch.optim.RMSprop(model.parameters(), lr=params.lr, alpha=params.rho, eps=params.eps)
    return Loop(
        model=model,
        optimizer=optimizer,
        context=context,
        rows=faces.train,
        batch_size=params.batch_size,
        max_epochs=params.max_epochs,
        keep=highest("val_acc"),
        stop=lowest("val_loss"),
        patience=params.patience,
        amp=params.amp,
    )


def validate(model: nn.Module, faces: TuningSet, params: Params, asked: Asked) -> dict[str, float]:
    """Return loss and accuracy of the validation pictures."""
    logits, labels = predict(model, faces, params, asked), faces.labels[faces.val].cpu()
    return {f"val_{name}": value for name, value in classification.score(logits, labels).items()}


@torch.no_grad()
def predict(model: nn.Module, faces: TuningSet, params: Params, asked: Asked) -> Tensor:
    """Return the logits of the validation pictures, float [N, 2], on the CPU; InterruptedError to stop."""
    batches = asking(asked, torch.split(faces.val, params.batch_size))
    given = feeding.ahead(batches, lambda rows: feeding.rows_of(faces.stored.values, rows))
    return torch.cat([model(values) for _, values in given]).cpu()


def finish(
    loop: Loop,
    modules: Mapping[str, nn.Module],
    faces: TuningSet,
    shown: pictures.Pictures,
    params: Params,
) -> dict[str, float]:
    """Write encoder, classifier and `predictions.csv`, and return the result."""
    context, outcome = loop.context, loop.state
    random_weights = float(params.weights == weights.NONE)
    notes = {"encoder": params.encoder, "random_weights": str(random_weights)}
    for name, module in modules.items():
        state = {key: tensor.cpu().contiguous() for key, tensor in module.state_dict().items()}
        save_file(state, context.artifact(f"{name}.safetensors"), notes)
    logits = predict(loop.model, faces, params, context)
    write_predictions(context.artifact("predictions.csv"), logits, faces)
    # The trunk's output is large (4.8 GB for VGG at full size) and of no use to anyone else.
    (context.checkpoint / TRUNK).unlink(missing_ok=True)
    return {
        "val_acc": outcome.best["val_acc"],
        "val_loss": outcome.best["val_loss"],
        "untrained_val_acc": outcome.untrained["val_acc"],
        "chance_acc": metrics.majority_share(faces.labels[faces.val]),
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "train_images": len(faces.train),
        "val_images": len(faces.val),
        "random_weights": random_weights,
        **outcome.timing(),
        **table_3_1(params.encoder),
        **shown.counts,
    }


def write_predictions(path: Path, logits: Tensor, faces: TuningSet) -> None:
    """Write name, label and predicted probability of `Male` for each validation picture."""
    probabilities = logits.softmax(dim=1)[:, 1].tolist()
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "male", "predicted_male"])
        for row, probability in zip(faces.val.tolist(), probabilities, strict=True):
            writer.writerow([faces.stored.names[row], int(faces.labels[row]), f"{probability:.6f}"])


def predictor(trained: Trained) -> Predictor:
    """Return what says `female` or `male` of a picture, with the tuned encoder and its classifier."""
    params = Params.model_validate(trained.params)
    source = str(trained.artifacts / "encoder.safetensors")
    encoder = encoders.create(params, source=source, seed=trained.seed)
    head = GenderHead(params.encoder, params.image_size, width=params.width)
    head.load_state_dict(load_file(trained.artifacts / "classifier.safetensors"))
    device = seeding.pick_device()
    model = nn.Sequential(encoder, head).eval().to(device)

    def answer(picture: Pixels) -> Prediction:
        shown = images.stack([resize_rgb(picture, params.image_size)])
        with torch.no_grad():
            female, male = model(images.scale(shown.to(device))).softmax(dim=1)[0].tolist()
        return Prediction(scores={"gender": {"female": female, "male": male}})

    return answer
