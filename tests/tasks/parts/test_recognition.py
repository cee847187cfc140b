import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from tasks.parts import recognition

PICTURE = np.arange(6 * 9 * 3, dtype=np.uint8).reshape(6, 9, 3)


def test_middle_is_cut() -> None:
    assert np.array_equal(recognition.cut_middle(PICTURE, 4), PICTURE[1:5, 2:6])


def test_squares_are_cut_everywhere() -> None:
    rng = np.random.default_rng(0)
    corners = {int(recognition.cut_anywhere(PICTURE, 6, 0, rng)[0, 0, 0]) for _ in range(40)}
    assert corners == {int(value) for value in PICTURE[0, :4, 0]}


@pytest.mark.parametrize(("share", "grey"), [(0, False), (1, True)])
def test_grey_squares_have_three_equal_channels(share: float, grey: bool) -> None:
    square = recognition.cut_anywhere(PICTURE, 4, share, np.random.default_rng(0))
    assert square.shape == (4, 4, 3)
    assert bool((square[..., 0] == square[..., 2]).all()) is grey


def test_stack_puts_channels_first() -> None:
    assert recognition.stack([PICTURE, PICTURE]).shape == (2, 3, 6, 9)


def test_score_tells_loss_and_accuracies() -> None:
    logits = torch.tensor([[9.0, 0, 0, 0, 0, 0, 0], [6.0, 5, 4, 3, 2, 1, 0]])
    found = recognition.score(logits, torch.tensor([0, 5]))
    assert (found["top1"], found["top5"]) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("vector", "ends"),
    [
        ([1.0, 2, 3, 4, 5, 6, 7], [1, 2, 3, 5, 6, 7]),
        ([1.0, 2], [1, 2, None, None, 1, 2]),
    ],
)
def test_both_ends_of_a_vector_are_told_as_far_as_it_has_them(
    vector: list[float], ends: list[float | None]
) -> None:
    found = recognition.listing("logit", torch.tensor(vector))
    names = ("first", "second", "third", "third_last", "second_last", "last")
    assert [found.get(f"logit_{name}") for name in names] == ends


def test_predictions_tell_the_place_of_the_right_person(tmp_path: Path) -> None:
    logits = torch.tensor([[1.0, 3.0, 2.0]])
    recognition.write_predictions(tmp_path / "p.csv", ["a"], logits, torch.tensor([2]), ["Ann", "Bob", "Cy"])
    with (tmp_path / "p.csv").open(newline="") as file:
        assert list(csv.reader(file))[1] == ["a", "Cy", "2", "Bob", "Cy", "Ann"]
