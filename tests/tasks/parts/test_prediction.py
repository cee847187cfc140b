from pathlib import Path

import numpy as np

from tasks.parts.prediction import Trained, cut_out


def test_everything_outside_the_mask_is_black() -> None:
    picture = np.full((2, 2, 3), 200, np.uint8)
    mask = np.array([[True, False], [False, True]])

    assert cut_out(picture, mask)[..., 0].tolist() == [[200, 0], [0, 200]]


def test_a_cutout_is_a_picture() -> None:
    assert cut_out(np.zeros((2, 3, 3), np.uint8), np.ones((2, 3), bool)).dtype == np.uint8


def test_a_need_is_named_as_the_training_s_context_names_it() -> None:
    weights = Trained(params={}, artifacts=Path("weights"))

    assert Trained(params={}, artifacts=Path("own"), needs={"net": weights}).need("net") == Path("weights")
