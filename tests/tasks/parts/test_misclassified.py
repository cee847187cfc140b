from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image

from tasks.parts import misclassified, product_classes
from tasks.parts.misclassified import Miss

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = product_classes.make(["Male", "Young"])
MISSES = [Miss(1, "Male", truth=0, probability=0.9), Miss(0, "Young", truth=1, probability=0.6)]


def test_misses_are_found_the_surest_first() -> None:
    logits = torch.log(torch.tensor([[0.1, 0.6, 0.2, 0.1], [0.05, 0.05, 0.1, 0.8]]))
    found = misclassified.find(CLASSES, logits, torch.tensor([[1, 1], [0, 1]]))

    assert [(miss.place, miss.attribute, miss.truth) for miss in found] == [(1, "Male", 0), (0, "Male", 1)]
    assert [miss.probability for miss in found] == pytest.approx([0.9, 0.7])


def test_table_says_what_was_right(tmp_path: Path) -> None:
    misclassified.write(tmp_path / "table.csv", ["a.jpg", "b.jpg"], MISSES)

    assert (tmp_path / "table.csv").read_text().splitlines()[1:] == [
        "b.jpg,Male,no,yes,0.900000",
        "a.jpg,Young,yes,no,0.600000",
    ]


def test_missed_pictures_are_drawn_in_order(tmp_path: Path) -> None:
    colours = [(200, 0, 0), (0, 200, 0)]
    misclassified.draw(
        tmp_path / "sheet.png", MISSES, lambda place: np.full((8, 8, 3), colours[place], dtype=np.uint8)
    )
    sheet = np.array(Image.open(tmp_path / "sheet.png"))

    assert (sheet[64, 64].tolist(), sheet[64, 192].tolist()) == ([0, 200, 0], [200, 0, 0])


def test_no_miss_gives_an_empty_sheet(tmp_path: Path) -> None:
    misclassified.draw(tmp_path / "sheet.png", [], lambda _: np.zeros((8, 8, 3), dtype=np.uint8))

    assert np.unique(np.array(Image.open(tmp_path / "sheet.png"))).tolist() == [211]
