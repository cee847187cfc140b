from pathlib import Path

import numpy as np
from PIL import Image

from tasks.data import elfw
from tests.tasks.data.writers.forms import forms


def test_files_are_called_as_in_elfw(drawn: Path) -> None:
    assert forms(drawn / "elfw") == {
        "elfw_#_basic/elfw_set_#.txt",
        "elfw_#_basic/faces/Name_#.jpg",
        "elfw_#_basic/labels/Name_#.png",
    }


def test_masks_have_colours_of_the_palette_alone(drawn: Path) -> None:
    with Image.open(min((drawn / "elfw/elfw_01_basic/labels").glob("*.png"))) as mask:
        colours = {tuple(colour) for colour in np.unique(np.array(mask).reshape(-1, 3), axis=0).tolist()}

    assert colours <= set(elfw.PALETTE.values())
