from __future__ import annotations

import io

import numpy as np
from PIL import Image

from tasks.data.drawing import backdrop
from tasks.data.near_duplicates import linked, near_pairs, thumbnail

PICTURES = [backdrop(120, 90, np.random.default_rng(seed)) for seed in range(6)]


def test_saved_again_is_a_near_duplicate() -> None:
    file = io.BytesIO()
    Image.fromarray(PICTURES[2]).save(file, "JPEG", quality=50)
    again = np.array(Image.open(file))

    assert near_pairs(np.stack([thumbnail(picture) for picture in [*PICTURES, again]])) == [(2, 6)]


def test_smaller_is_a_near_duplicate() -> None:
    smaller = np.array(Image.fromarray(PICTURES[0]).resize((80, 60)))

    assert near_pairs(np.stack([thumbnail(picture) for picture in [smaller, *PICTURES]])) == [(0, 1)]


def test_other_pictures_are_none() -> None:
    assert near_pairs(np.stack([thumbnail(picture) for picture in PICTURES])) == []


def test_flat_pictures_are_none() -> None:
    flat = np.stack([np.full((16, 16, 3), grey, dtype=np.uint8) for grey in (0, 90, 90)])

    assert near_pairs(flat) == []


def test_pairs_are_found_across_blocks() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1100, 16, 16, 3), dtype=np.uint8)
    noise[1050] = noise[3]

    assert near_pairs(noise) == [(3, 1050)]


def test_a_chain_of_pairs_is_one_group() -> None:
    group = linked("abcde", [("a", "b"), ("d", "b")])

    assert group == {"a": 0, "b": 0, "c": 1, "d": 0, "e": 2}
