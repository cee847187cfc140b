"""What a trained mini-network is used for: a test of it, and answers about single pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tasks.data import elfw
from tasks.nets import mininet, summary
from tasks.parts import classed_pictures, classification, images, metrics, pictures

if TYPE_CHECKING:
    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained


def test(context: Context) -> dict[str, float]:
    """Test the network of the need `trained`, and tell what it is made of.

    `all_acc` is the accuracy on every picture, those of the training included: what the report seems to
    print (I-002-4).
    """
    shown = pictures.read(context.need("pictures"))
    view = classed_pictures.read_view(context.need("trained"))
    classed_pictures.check_pictures(shown, view)
    net = mininet.build(view.image_size, classes=len(elfw.CLASSES))
    classed_pictures.load(net, context.need("trained"))

    pixels = classed_pictures.squeezed(shown, view.image_size, context)
    labels, test_rows = shown.labels[classed_pictures.LABEL], shown.rows(view.test)
    every_row = torch.arange(len(labels))
    scaled = images.scale(pixels, view.mean, view.std)
    logits = classed_pictures.predict(net, scaled, every_row, context)
    tested = classification.score(logits[test_rows], labels[test_rows])
    report = classification.report(logits[test_rows].argmax(dim=1), labels[test_rows], elfw.CLASSES)
    return {
        "test_loss": tested["loss"],
        "test_acc": tested["acc"],
        "all_acc": metrics.accuracy(logits, labels),
        "chance_acc": metrics.majority_share(labels[test_rows]),
        "test_images": len(test_rows),
        "all_images": len(labels),
        **{f"test_{name}": value for name, value in report.items()},
        **summary.describe(net, (3, view.image_size, view.image_size)),
        **shown.counts,
    }


def predictor(trained: Trained) -> Predictor:
    """Return what says of a picture whether it shows hair, spectacles or a cap."""
    # A test has no network of its own: it is the one that it tested.
    folder = trained.needs["trained"].artifacts if "trained" in trained.needs else trained.artifacts
    view = classed_pictures.read_view(folder)
    net = classed_pictures.load(mininet.build(view.image_size, classes=len(elfw.CLASSES)), folder)
    return lambda picture: classed_pictures.answer(net, view, elfw.CLASSES, picture)
