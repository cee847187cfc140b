"""The chain of the background study at its smallest, run by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks import foreground, recognition
from tasks.parts.context import FolderContext
from tasks.prepare import celebhair, vggface2
from tests.tasks.chain import Trial

if TYPE_CHECKING:
    from pathlib import Path

UNET = foreground.Params(image_size=32, batch_size=6, epochs=2, lr=0.05)
RECOGNITION = recognition.Params(weights="none", image_size=32, batch_size=7, epochs=2, lr=1e-3)


def prepare_masks(root: Path, data: Path) -> Trial:
    """Prepare 22 pictures of CelebHair."""
    context = FolderContext(root=root, data=data)
    return Trial(celebhair.run(celebhair.Params(train=12, val=4, test=6), context), context)


def prepare_people(root: Path, data: Path) -> Trial:
    """Prepare 23 pictures of four people."""
    context = FolderContext(root=root, data=data)
    return Trial(vggface2.run(vggface2.Params(train=14, val=4, test=5, short_side=36), context), context)


def train_unet(root: Path, masks: Trial, params: foreground.Params = UNET) -> Trial:
    """Train a U-Net."""
    context = FolderContext(root=root, data=root, needs={"pictures": masks.artifacts})
    return Trial(foreground.run(params, context), context)


def measure_unet(root: Path, masks: Trial, net: Trial, batch_size: int = 16) -> Trial:
    """Measure a U-Net on the test part."""
    needs = {"pictures": masks.artifacts, "net": net.artifacts}
    context = FolderContext(root=root, data=root, needs=needs)
    return Trial(foreground.test(foreground.TestParams(batch_size=batch_size), context), context)


def remove_background(root: Path, people: Trial, net: Path) -> Trial:
    """Remove the background of the test pictures with the U-Net in a folder."""
    needs = {"pictures": people.artifacts, "net": net}
    context = FolderContext(root=root, data=root, needs=needs)
    return Trial(foreground.remove(foreground.RemoveParams(), context), context)


def train_recognition(root: Path, people: Trial, params: recognition.Params = RECOGNITION) -> Trial:
    """Train the recognition network."""
    context = FolderContext(root=root, data=root, needs={"pictures": people.artifacts})
    return Trial(recognition.run(params, context), context)


def measure_recognition(root: Path, net: Trial, **pictures: Path) -> Trial:
    """Measure the recognition network on `pictures`, or on `cutouts`."""
    context = FolderContext(root=root, data=root, needs={"net": net.artifacts, **pictures})
    background = "kept" if "pictures" in pictures else "removed"
    params = recognition.TestParams(background=background, batch_size=2)
    return Trial(recognition.test(params, context), context)


def without_timing(result: dict[str, float]) -> dict[str, float]:
    """Leave out what may differ between two equal trainings."""
    return {name: value for name, value in result.items() if not name.startswith("timing_")}
