"""What a trained U-Net is used for: a test of it, pictures without background, answers about single ones."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import torch

from tasks.foreground import NET
from tasks.nets import unet
from tasks.parts import foreground, pictures, prediction, predictions, seeding
from tasks.parts.foreground import MASK

if TYPE_CHECKING:
    from tasks.data.images import Mask, Pixels
    from tasks.foreground import RemoveParams, TestParams
    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

# Figure 7 shows the first ten pictures of the test set.
SHOWN = 10


def test(params: TestParams, context: Context) -> dict[str, float]:
    """Measure a trained net on pictures it never saw, write its masks and `overlay.png`."""
    shown = pictures.read(context.need("pictures"))
    net, image_size = unet.load(context.need("net") / NET)
    squares = foreground.fit_part(shown, params.part, image_size)
    answers = list(foreground.predict(net.to(seeding.pick_device()), squares, params.batch_size, context))
    found = foreground.score(answers)

    predicted = torch.cat([logits.argmax(dim=1, keepdim=True) == 1 for logits, _ in answers]).cpu()
    masks = squares.masks.unsqueeze(1)
    names = [shown.names[row] for row in shown.part(params.part).tolist()]
    predictions.write(context.artifact("predictions.npz"), names, predicted, masks)
    examples = list(squares.pictures[: predictions.SHOWN].permute(0, 2, 3, 1).numpy())
    predictions.draw_overlay(context.artifact("overlay.png"), examples, predicted, masks)
    return {
        **{f"{params.part}_{name}": value for name, value in found.items()},
        f"{params.part}_images": len(names),
        **shown.counts,
    }


def remove(params: RemoveParams, context: Context) -> dict[str, float]:
    """Write the pictures of a part, everything that the net takes for background black, and `cutouts.png`."""
    shown = pictures.read(context.need("pictures"))
    net, image_size = unet.load(context.need("net") / NET)
    net.to(seeding.pick_device())
    rows = shown.part(params.part)
    names = tuple(shown.names[row] for row in rows.tolist())

    def load(place: int) -> tuple[Pixels, tuple[Mask, ...]]:
        picture = shown.picture(int(rows[place]))
        mask = foreground.find(net, picture, image_size)
        return prediction.cut_out(picture, mask), (mask,)

    weights = hashlib.sha256((context.need("net") / NET).read_bytes()).hexdigest()
    order = pictures.Order(
        names=names,
        load=load,
        masks=(MASK,),
        labels={label: values[rows].tolist() for label, values in shown.labels.items()},
        parts={params.part: names},
        counts=shown.counts,
        digest=hashlib.sha256(f"{shown.digest} background removed by {weights}".encode()).hexdigest(),
    )
    written = pictures.write(order, context)
    shares = [written.mask(MASK, row).mean() for row in range(len(names))]
    examples = [(shown.picture(row), written.picture(at)) for at, row in enumerate(rows.tolist()[:SHOWN])]
    predictions.draw_cutouts(context.artifact("cutouts.png"), examples)
    return {"images": len(names), "foreground_share": float(sum(shares)) / len(shares), **written.counts}


def predictor(trained: Trained) -> Predictor:
    """Return what finds the foreground of a picture and cuts it out."""
    net, image_size = unet.load(trained.artifacts / NET)
    net.to(seeding.pick_device())

    def answer(picture: Pixels) -> prediction.Prediction:
        mask = foreground.find(net, picture, image_size)
        return prediction.Prediction(mask=mask, cutout=prediction.cut_out(picture, mask))

    return answer
