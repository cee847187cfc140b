"""The tasks of the ELFW report at their smallest, run by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks import mininet, transfer
from tasks.prepare import elfw
from tests.tasks.chain import Trial, ran

if TYPE_CHECKING:
    from pathlib import Path

MININET = mininet.Params(epochs=3, image_size=32, batch_size=8)
TRANSFER = transfer.Params(weights="none", epochs=2, batch_size=9)


def prepare_classes(root: Path, data: Path) -> Trial:
    """Prepare all pictures of ELFW at 64 pixels."""
    return ran(elfw.run, elfw.Params(image_size=64, of_each="all"), root, data)


def train_mininet(root: Path, pictures: Trial, params: mininet.Params = MININET) -> Trial:
    """Train the mini-network."""
    return ran(mininet.run, params, root, pictures=pictures.artifacts)


def overfit(root: Path, pictures: Trial, **given: object) -> Trial:
    """Learn one picture by heart."""
    params = mininet.OverfitParams.model_validate({"image_size": 32, **given})
    return ran(mininet.overfit, params, root, pictures=pictures.artifacts)


def evaluate_mininet(root: Path, pictures: Trial, trained: Trial) -> Trial:
    """Test a trained mini-network."""
    needs = {"pictures": pictures.artifacts, "trained": trained.artifacts}
    return ran(mininet.test, mininet.TestParams(), root, **needs)


def fine_tune(root: Path, pictures: Trial, params: transfer.Params = TRANSFER) -> Trial:
    """Train ResNet-18."""
    return ran(transfer.run, params, root, pictures=pictures.artifacts)
