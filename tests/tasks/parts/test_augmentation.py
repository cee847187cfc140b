from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tasks.parts import augmentation
from tasks.parts.augmentation import Augmentation, augment

NOTHING = Augmentation(noise_std=0, flip=0, quarter_turn=0, angle=0, crop_range=(1, 1))
PICTURE = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3)
MASK = np.eye(4, dtype=bool)


def drawn(how: Augmentation, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return augment(PICTURE, MASK, how, np.random.default_rng(seed))


def test_nothing_asked_nothing_changed() -> None:
    picture, mask = drawn(NOTHING)
    assert np.array_equal(picture, PICTURE)
    assert np.array_equal(mask, MASK)


def test_flip_turns_picture_and_mask_alike() -> None:
    picture, mask = drawn(replace(NOTHING, flip=1))
    assert np.array_equal(picture, PICTURE[:, ::-1])
    assert np.array_equal(mask, MASK[:, ::-1])


def test_quarter_turns_go_both_ways() -> None:
    turns = [drawn(replace(NOTHING, quarter_turn=1), seed)[0] for seed in range(8)]
    assert {bool(np.array_equal(turned, np.rot90(PICTURE))) for turned in turns} == {False, True}


def test_noise_has_its_deviation_and_leaves_the_mask() -> None:
    grey = np.full((64, 64, 3), 128, dtype=np.uint8)
    noisy = augmentation.add_noise(grey, 3, np.random.default_rng(0))
    assert float(noisy.std()) == pytest.approx(3, rel=0.05)
    assert np.array_equal(drawn(replace(NOTHING, noise_std=3))[1], MASK)


def test_noise_stays_within_bytes() -> None:
    black = augmentation.add_noise(np.zeros((9, 9, 3), np.uint8), 50, np.random.default_rng(0))
    assert black.min() == 0


def test_canvas_grows_with_the_turn() -> None:
    picture, mask = augmentation.rotate(np.zeros((100, 60, 3), np.uint8), np.ones((100, 60), bool), 10)
    assert picture.shape[:2] == mask.shape
    assert mask.shape > (100, 60)


def test_turned_mask_covers_what_the_turned_picture_shows() -> None:
    mask = np.zeros((80, 80), bool)
    mask[20:60, 30:50] = True
    picture, turned = augmentation.rotate(
        np.where(mask[..., None], 200, 0).repeat(3, 2).astype(np.uint8), mask, 10
    )
    assert np.mean((picture[..., 0] > 100) != turned) < 0.01


def test_cut_is_a_square_of_the_short_side() -> None:
    rng = np.random.default_rng(0)
    whole = np.zeros((100, 60, 3), np.uint8), np.zeros((100, 60), bool)
    sides = {augmentation.cut_square(*whole, (0.9, 1.0), rng)[0].shape[:2] for _ in range(60)}
    assert sides <= {(side, side) for side in range(54, 61)}
    assert len(sides) > 3


def test_same_generator_same_change() -> None:
    how = Augmentation(noise_std=3, flip=0.5, quarter_turn=0.5, angle=10, crop_range=(0.5, 1))
    assert np.array_equal(drawn(how, seed=4)[0], drawn(how, seed=4)[0])
    assert drawn(how, seed=4)[0].tolist() != drawn(how, seed=5)[0].tolist()
