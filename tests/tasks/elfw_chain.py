"""The tasks of the ELFW report at their smallest, run by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks import mininet, transfer
from tasks.parts.context import FolderContext
from tasks.prepare import elfw
from tests.tasks.chain import Trial

if TYPE_CHECKING:
    from pathlib import Path

MININET = mininet.Params(epochs=3, image_size=32, batch_size=8)
TRANSFER = transfer.Params(weights="none", epochs=2, batch_size=9)


def prepare_classes(root: Path, data: Path) -> Trial:
    """Prepare all pictures of ELFW at 64 pixels."""
    context = FolderContext(root=root, data=data)
    return Trial(elfw.run(elfw.Params(image_size=64), context), context)


def train_mininet(root: Path, pictures: Trial, params: mininet.Params = MININET) -> Trial:
    """Train the mini-network."""
    context = FolderContext(root=root, data=root, needs={"pictures": pictures.artifacts})
    return Trial(mininet.run(params, context), context)


def overfit(root: Path, pictures: Trial, **given: object) -> Trial:
    """Learn one picture by heart."""
    context = FolderContext(root=root, data=root, needs={"pictures": pictures.artifacts})
    params = mininet.OverfitParams.model_validate({"image_size": 32, **given})
    return Trial(mininet.overfit(params, context), context)


def evaluate_mininet(root: Path, pictures: Trial, trained: Trial) -> Trial:
    """Test a trained mini-network."""
    needs = {"pictures": pictures.artifacts, "trained": trained.artifacts}
    context = FolderContext(root=root, data=root, needs=needs)
    return Trial(mininet.test(mininet.TestParams(), context), context)


def fine_tune(root: Path, pictures: Trial, params: transfer.Params = TRANSFER) -> Trial:
    """Train ResNet-18."""
    context = FolderContext(root=root, data=root, needs={"pictures": pictures.artifacts})
    return Trial(transfer.run(params, context), context)
