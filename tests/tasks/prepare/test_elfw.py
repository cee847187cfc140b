from pathlib import Path

import torch

from tasks.data import elfw
from tasks.parts import pictures
from tests.tasks.chain import Trial


def test_pictures_are_squeezed_to_the_image_size(classed: Trial) -> None:
    assert pictures.read(classed.artifacts).batch(torch.arange(2)).shape == (2, 3, 64, 64)


def test_classes_are_those_of_the_reader(classed: Trial, data: Path) -> None:
    wanted = [face.label for face in elfw.read(data / "elfw").samples]
    assert pictures.read(classed.artifacts).labels["class"].tolist() == wanted


def test_result_counts_what_was_dropped(classed: Trial) -> None:
    assert classed.result == {
        "images": 24,
        "dropped_image_missing": 1,
        "dropped_mask_missing": 1,
        "dropped": 2,
        "synthetic": 1,
    }
