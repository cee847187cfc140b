"""The chain of the background study at its smallest, run by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks import foreground, recognition
from tasks.prepare import celebhair, vggface2
from tests.tasks.chain import Trial, ran

if TYPE_CHECKING:
    from pathlib import Path

UNET = foreground.Params(image_size=32, batch_size=6, epochs=2, lr=0.05)
RECOGNITION = recognition.Params(weights="none", image_size=32, batch_size=7, epochs=2, lr=1e-3)


def prepare_masks(root: Path, data: Path) -> Trial:
    """Prepare the 24 pictures of CelebHair."""
    return ran(celebhair.run, celebhair.Params(train=11, val=3, test=10), root, data)


def prepare_people(root: Path, data: Path) -> Trial:
    """Prepare 23 pictures of four people."""
    return ran(vggface2.run, vggface2.Params(train=14, val=4, test=5, short_side=36), root, data)


def train_unet(root: Path, masks: Trial, params: foreground.Params = UNET) -> Trial:
    """Train a U-Net."""
    return ran(foreground.run, params, root, pictures=masks.artifacts)


def measure_unet(root: Path, masks: Trial, net: Trial, batch_size: int = 16) -> Trial:
    """Measure a U-Net on the test part."""
    params = foreground.TestParams(batch_size=batch_size)
    return ran(foreground.test, params, root, pictures=masks.artifacts, net=net.artifacts)


def remove_background(root: Path, people: Trial, net: Path) -> Trial:
    """Remove the background of the test pictures with the U-Net in a folder."""
    return ran(foreground.remove, foreground.RemoveParams(), root, pictures=people.artifacts, net=net)


def train_recognition(root: Path, people: Trial, params: recognition.Params = RECOGNITION) -> Trial:
    """Train the recognition network."""
    return ran(recognition.run, params, root, pictures=people.artifacts)


def measure_recognition(root: Path, net: Trial, **pictures: Path) -> Trial:
    """Measure the recognition network on `pictures`, or on `cutouts`."""
    background = "kept" if "pictures" in pictures else "removed"
    params = recognition.TestParams(background=background, batch_size=2)
    return ran(recognition.test, params, root, net=net.artifacts, **pictures)


def without_timing(result: dict[str, float]) -> dict[str, float]:
    """Leave out what may differ between two equal trainings."""
    return {name: value for name, value in result.items() if not name.startswith("timing_")}
