"""Compute the frozen encoder's grid features of a segmentation dataset, once for all trainings on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tasks.nets import weights
from tasks.parts import rates
from tasks.parts.params import EncoderParams, MaskedDataset, Pretrain

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.nets.encoders import Encoder
    from tasks.parts.context import Context
    from tasks.parts.prediction import Trained

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "torchvision", "tasks.nets.encoders", "tasks.parts.features")
HOURS_ON = rates.ON


class Params(EncoderParams):
    """What can be changed; the defaults are the thesis."""

    # Section 4.6: `control` starts from `weights`; `gender` reads the encoder of the need `weights`
    pretrain: Pretrain = "control"
    dataset: MaskedDataset = "lfw"
    # Memory only; the features do not depend on it beyond rounding
    batch_size: int = Field(default=50, ge=1)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if it is wanted and not there."""
    return weights.missing(params.encoder, params.weights) if params.pretrain == "control" else []


def hours(params: Params, gpus: int) -> float | None:
    """Return the hours for the pictures that the dataset has."""
    return rates.hours(f"encode {params.encoder}", {"lfw": 2927, "helen": 2330}[params.dataset], params, gpus)


def run(params: Params, context: Context) -> dict[str, float]:
    """Write `features.safetensors`: the grid before any pooling, with names, key and origin."""
    from tasks.parts import features, pictures, precision, seeding

    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    shown = pictures.read(context.need("pictures"))
    shown.check_side(params.image_size)
    encoder, random_weights = make_encoder(params, context)
    encoder = precision.prepare(encoder.to(seeding.pick_device()), params)
    notes = {
        "encoder": params.encoder,
        "pretrain": params.pretrain,
        "dataset": params.dataset,
        "data": shown.digest,
        "random_weights": str(random_weights),
    }
    order = features.order(
        encoder, shown, batch_size=params.batch_size, notes=notes, computed=precision.name(params)
    )
    stored = features.compute(context.artifact("features.safetensors"), order, context)
    return {
        "images": len(stored.names),
        "feature_bytes": stored.values.nbytes,
        "random_weights": random_weights,
        **shown.counts,
    }


def make_encoder(params: Params, context: Context | Trained) -> tuple[Encoder, float]:
    """Return the encoder, and 1.0 if it started from random weights (also before gender tuning), else 0.0."""
    from safetensors import safe_open

    from tasks.nets import encoders

    if params.pretrain == "control":
        encoder = encoders.create(params, source=params.weights, seed=context.seed)
        return encoder, float(params.weights == weights.NONE)
    path = context.need("weights") / "encoder.safetensors"
    encoder = encoders.create(params, source=str(path), seed=context.seed)
    with safe_open(path, framework="pt") as file:
        return encoder, float(file.metadata()["random_weights"])
