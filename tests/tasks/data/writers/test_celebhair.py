from pathlib import Path

import numpy as np
from PIL import Image

from tests.tasks.data.writers.forms import forms


def test_files_are_called_as_in_celebhair(drawn: Path) -> None:
    assert forms(drawn / "celebhair") == {"segmentation_masks/#.bmp"}


def test_masks_are_grey_with_three_values(drawn: Path) -> None:
    with Image.open(drawn / "celebhair/segmentation_masks/000003.bmp") as mask:
        assert (mask.mode, mask.size) == ("L", (178, 218))
        assert np.unique(np.array(mask)).tolist() == [0, 128, 255]
