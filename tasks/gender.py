"""Fine-tune the last block of an encoder on CelebA's `Male` (Lindström, sections 3.2, 4.4 and 4.5).

The frozen trunk sees every picture once; its output is kept beside the checkpoint, and only the last block
and the small classifier are trained. The result is the whole encoder at the epoch with the best accuracy.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from tasks.nets import weights
from tasks.parts.params import EncoderParams

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from tasks.data.images import Pixels
    from tasks.nets.encoders import Encoder
    from tasks.parts.context import Context
    from tasks.parts.features import Features
    from tasks.parts.pictures import Pictures
    from tasks.parts.prediction import Predictor, Trained
    from tasks.parts.training import State

VERSION: int = 1
PRELOAD: tuple[str, ...] = (
    "torch",
    "torchvision",
    "tasks.nets.gender_head",
    "tasks.parts.features",
    "tasks.parts.training",
)


class Params(EncoderParams):
    """What can be changed; the defaults are the thesis."""

    # Section 4.5
    batch_size: int = Field(default=200, ge=1)
    # Section 4.4: RMSprop with this rate and decay rate; epsilon is the default of Keras
    lr: float = Field(default=1e-4, gt=0)
    rho: float = Field(default=0.9, ge=0, lt=1)
    eps: float = Field(default=1e-7, gt=0)
    # Section 4.5: stop when the validation loss has not fallen for 20 epochs
    patience: int = Field(default=20, ge=1)
    # Not in the thesis: an end for a training that never stops improving
    max_epochs: int = Field(default=1000, ge=1)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if it is not there."""
    return weights.missing(params.encoder, params.weights)


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write encoder, classifier and `predictions.csv`, and return the metrics of the best epoch."""
    from safetensors.torch import save_file

    from tasks.nets import encoders
    from tasks.nets.gender_head import table_3_1
    from tasks.parts import metrics, pictures, seeding

    seeding.seed_all(context.seed)
    shown = pictures.read(context.need("pictures"))
    shown.check_side(params.image_size)
    encoder = encoders.create(
        params.encoder,
        form=params.resnet_form,
        source=params.weights,
        seed=context.seed,
        width=params.width,
    ).to(seeding.pick_device())
    faces = make_tuning_set(run_trunk(encoder, shown, params, context), shown, context.seed)

    model, outcome = tune(encoder, faces, params, context)

    random_weights = float(params.weights == weights.NONE)
    notes = {"encoder": params.encoder, "random_weights": str(random_weights)}
    for name, module in (("encoder", encoder), ("classifier", model[1])):
        state = {key: tensor.cpu().contiguous() for key, tensor in module.state_dict().items()}
        save_file(state, context.artifact(f"{name}.safetensors"), notes)
    write_predictions(context.artifact("predictions.csv"), model, faces, params)
    # The trunk's output is large (4.8 GB for VGG at full size) and of no use to anyone else.
    (context.checkpoint / "trunk.safetensors").unlink(missing_ok=True)
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
        **table_3_1(params.encoder, params.resnet_form),
        **shown.counts,
    }


@dataclass(frozen=True, slots=True)
class TuningSet:
    """The trunk's output for each chosen picture, its label, and which pictures train and validate."""

    stored: Features  # values: float [N, C, 2G, 2G]
    labels: Tensor  # int64 [N], 1 male, 0 female
    train: Tensor  # int64, rows
    val: Tensor  # int64, rows


def run_trunk(encoder: Encoder, shown: Pictures, params: Params, context: Context) -> Features:
    """Return the frozen trunk's output for each picture, from the checkpoint folder if it is there."""
    from tasks.parts import features

    order = features.order(encoder.trunk, shown, batch_size=params.batch_size, notes={})
    return features.compute(context.checkpoint / "trunk.safetensors", order, context)


def make_tuning_set(stored: Features, shown: Pictures, seed: int) -> TuningSet:
    """Split 90/10, as section 4.1 does (10,800 and 1,200 pictures)."""
    from tasks.data import split

    train, val = split.random_split(stored.names, seed=seed)
    return TuningSet(stored, shown.labels["Male"], stored.rows(train), stored.rows(val))


def tune(encoder: Encoder, faces: TuningSet, params: Params, context: Context) -> tuple[nn.Sequential, State]:
    """Train the last block and the classifier; the encoder ends with the best epoch's block."""
    import torch

    from tasks.nets.gender_head import GenderHead
    from tasks.parts import losses, metrics, seeding
    from tasks.parts.training import Goal, Recipe, Training, train

    device = seeding.pick_device()
    head = GenderHead(params.encoder, params.image_size, width=params.width).to(device)
    model = torch.nn.Sequential(encoder.tuned, head)

    def loss(indices: Tensor) -> dict[str, Tensor]:
        rows = faces.train[indices]
        logits = model(faces.stored.values[rows].to(device))
        return {"loss": losses.class_cross_entropy(logits, faces.labels[rows].to(device))}

    def validate() -> dict[str, float]:
        logits = predict(model, faces, params)
        labels = faces.labels[faces.val]
        val_loss = float(losses.class_cross_entropy(logits, labels))
        return {"val_loss": val_loss, "val_acc": metrics.accuracy(logits, labels)}

    optimizer = torch.optim.RMSprop(model.parameters(), lr=params.lr, alpha=params.rho, eps=params.eps)
    recipe = Recipe(
        samples=len(faces.train),
        batch_size=params.batch_size,
        max_epochs=params.max_epochs,
        keep=Goal(metric="val_acc", better="higher"),
        stop=Goal(metric="val_loss", better="lower"),
        patience=params.patience,
    )
    training = Training(model=model, optimizer=optimizer, loss=loss, validate=validate, recipe=recipe)
    return model, train(training, context)


def predict(model: nn.Module, faces: TuningSet, params: Params) -> Tensor:
    """Return the logits of the validation pictures, float [N, 2], on the CPU."""
    import torch

    from tasks.parts import seeding

    device = seeding.pick_device()
    with torch.no_grad():
        batches = torch.split(faces.val, params.batch_size)
        return torch.cat([model(faces.stored.values[rows].to(device)).cpu() for rows in batches])


def write_predictions(path: Path, model: nn.Module, faces: TuningSet, params: Params) -> None:
    """Write name, label and predicted probability of `Male` for each validation picture."""
    probabilities = predict(model, faces, params).softmax(dim=1)[:, 1].tolist()
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "male", "predicted_male"])
        for row, probability in zip(faces.val.tolist(), probabilities, strict=True):
            writer.writerow([faces.stored.names[row], int(faces.labels[row]), f"{probability:.6f}"])


def predictor(trained: Trained) -> Predictor:
    """Return what says `female` or `male` of a picture, with the tuned encoder and its classifier."""
    import torch
    from safetensors.torch import load_file

    from tasks.data.images import resize_rgb
    from tasks.nets import encoders
    from tasks.nets.gender_head import GenderHead
    from tasks.parts import images, seeding
    from tasks.parts.prediction import Prediction

    params = Params.model_validate(trained.params)
    source = str(trained.artifacts / "encoder.safetensors")
    encoder = encoders.create(
        params.encoder, form=params.resnet_form, source=source, seed=trained.seed, width=params.width
    )
    head = GenderHead(params.encoder, params.image_size, width=params.width)
    head.load_state_dict(load_file(trained.artifacts / "classifier.safetensors"))
    device = seeding.pick_device()
    model = torch.nn.Sequential(encoder, head).eval().to(device)

    def answer(picture: Pixels) -> Prediction:
        shown = torch.from_numpy(resize_rgb(picture, params.image_size)).permute(2, 0, 1).unsqueeze(0)
        with torch.no_grad():
            female, male = model(images.scale(shown.to(device))).softmax(dim=1)[0].tolist()
        return Prediction(scores={"gender": {"female": female, "male": male}})

    return answer
