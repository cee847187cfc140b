from pathlib import Path

import pytest
import torch

from tasks.data import elfw
from tasks.parts import pictures
from tests.tasks import elfw_chain
from tests.tasks.chain import Trial


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    return elfw_chain.prepare_classes(tmp_path_factory.mktemp("elfw"), data)


def test_pictures_are_squeezed_to_the_image_size(prepared: Trial) -> None:
    assert pictures.read(prepared.artifacts).batch(torch.arange(2)).shape == (2, 3, 64, 64)


def test_classes_are_those_of_the_reader(prepared: Trial, data: Path) -> None:
    wanted = [face.label for face in elfw.read(data / "elfw").samples]
    assert pictures.read(prepared.artifacts).labels["class"].tolist() == wanted


def test_result_counts_what_was_dropped(prepared: Trial) -> None:
    assert prepared.result == {
        "images": 24,
        "dropped_image_missing": 1,
        "dropped_mask_missing": 1,
        "dropped": 2,
        "synthetic": 1,
    }
