from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tasks.parts import verification

SAME = np.array([True, True, True, True, False, False, False, False])
# One pair of one person lies beyond the nearest pair of two.
DISTANCES = np.array([0.1, 0.2, 0.3, 0.6, 0.5, 0.7, 0.8, 0.9])


def test_both_errors_are_the_same_at_the_equal_error_rate() -> None:
    assert verification.curve(DISTANCES, SAME).equal_error_rate() == pytest.approx(0.25)


def test_rate_between_two_thresholds_is_interpolated() -> None:
    # With 4 pairs against 3 no threshold has both errors the same: between (0, 1/4) and (1/3, 1/4) it is 1/4.
    found = verification.curve(DISTANCES[:7], SAME[:7])

    assert found.equal_error_rate() == pytest.approx(0.25)


@pytest.mark.parametrize(("turned", "rate"), [(1, 0.0), (-1, 1.0)], ids=["all right", "all wrong"])
def test_rate_goes_from_0_to_1(turned: int, rate: float) -> None:
    distances = turned * np.array([1.0, 2.0, 3.0, 4.0])

    assert verification.curve(distances, np.array([True, True, False, False])).equal_error_rate() == rate


def test_a_distance_that_is_the_same_for_all_tells_nothing() -> None:
    assert verification.curve(np.ones(8), SAME).equal_error_rate() == 0.5


def test_area_is_the_share_of_right_orders() -> None:
    assert verification.area(DISTANCES, SAME) == pytest.approx(15 / 16)


def test_threshold_of_a_fold_comes_from_the_others() -> None:
    # In the second fold all distances are three times as large: its own threshold would be right everywhere.
    distances = np.array([1.0, 1.2, 2.0, 2.2, 3.0, 3.6, 6.0, 6.6])
    same = np.array([True, True, False, False] * 2)
    folds = np.repeat([0, 1], 4)

    assert verification.fold_accuracies(distances, same, folds).tolist() == [0.5, 0.5]


def test_threshold_that_suits_all_folds_is_found() -> None:
    folds = np.tile([0, 1], 4)
    clear = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9])

    assert verification.fold_accuracies(clear, SAME, folds).tolist() == [1.0, 1.0]


def test_pairs_of_one_kind_have_no_rates() -> None:
    with pytest.raises(ValueError, match="pairs of one person and pairs of two"):
        verification.curve(np.ones(2), np.array([True, True]))


def test_curves_are_drawn(tmp_path: Path) -> None:
    verification.draw(tmp_path / "roc.png", verification.curve(DISTANCES, SAME))

    assert Image.open(tmp_path / "roc.png").size == (1200, 600)
