"""Compute the frozen encoder's grid features of a segmentation dataset, once for all trainings on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tasks.data import layout
from tasks.nets import weights
from tasks.parts.params import EncoderParams, MaskedDataset, Pretrain

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from tasks.nets.encoders import Encoder
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "torchvision", "tasks.nets.encoders", "tasks.parts.features")


class Params(EncoderParams):
    """What can be changed; the defaults are the thesis."""

    # Section 4.6: `control` starts from `weights`; `gender` reads the encoder of the need `weights`
    pretrain: Pretrain = "control"
    dataset: MaskedDataset = "lfw"
    # Memory only; the features do not depend on it beyond rounding
    batch_size: int = Field(default=50, ge=1)
    # Not in the thesis: a seeded choice of this many pictures, for a quick look
    limit: int | None = Field(default=None, ge=10)


def missing(params: Params, data: Path | None) -> list[str]:
    """Return messages about the dataset and the weight file, if they are not there."""
    dataset = layout.missing(params.dataset, data) if data is not None else None
    needed = weights.missing(params.encoder, params.weights) if params.pretrain == "control" else []
    return [message for message in (dataset,) if message] + needed


def run(params: Params, context: Context) -> dict[str, float]:
    """Write `features.safetensors`: the grid before any pooling, with names, key and origin."""
    from tasks.data.images import load_rgb
    from tasks.parts import features, images, masked_faces, seeding
    from tasks.parts.reading_counts import reading_counts

    seeding.seed_all(context.seed)
    device = seeding.pick_device()
    reading = masked_faces.read(params.dataset, context.data, limit=params.limit, seed=context.seed)
    encoder, random_weights = make_encoder(params, context)
    encoder.to(device)

    def load(rows: slice) -> Tensor:
        pictures = images.load_batch(
            reading.samples[rows], lambda face: load_rgb(face.image), params.image_size
        )
        return images.scale(pictures.to(device))

    order = features.Order(
        network=encoder,
        names=tuple(face.name for face in reading.samples),
        load=load,
        batch_size=params.batch_size,
        key=features.make_key(
            weights=features.weights_digest(encoder),
            data=reading.digest,
            preprocessing=images.preprocessing(params.image_size),
            dtype="float32",
        ),
        notes={
            "encoder": params.encoder,
            "pretrain": params.pretrain,
            "dataset": params.dataset,
            "data": reading.digest,
            "random_weights": str(random_weights),
        },
    )
    stored = features.compute(context.artifact("features.safetensors"), order, context)
    return {
        "images": len(stored.names),
        "feature_bytes": stored.values.nbytes,
        "random_weights": random_weights,
        **reading_counts(reading),
    }


def make_encoder(params: Params, context: Context) -> tuple[Encoder, float]:
    """Return the encoder, and 1.0 if it started from random weights (also before gender tuning), else 0.0."""
    from safetensors import safe_open

    from tasks.nets import encoders

    if params.pretrain == "control":
        encoder = encoders.create(
            params.encoder, form=params.resnet_form, source=params.weights, seed=context.seed
        )
        return encoder, float(params.weights == weights.NONE)
    path = context.need("weights") / "encoder.safetensors"
    encoder = encoders.create(params.encoder, form=params.resnet_form, source=str(path), seed=context.seed)
    with safe_open(path, framework="pt") as file:
        return encoder, float(file.metadata()["random_weights"])
