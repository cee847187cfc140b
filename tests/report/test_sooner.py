import math

from orchestrator.report.sooner import curve, sooner

CONTROL = {0: 0.1, 1: 0.4, 2: 0.6, 3: 0.6, 4: 0.5}


def test_steps_are_counted_back_from_where_the_base_first_was_at_its_best() -> None:
    assert sooner({0: 0.2, 1: 0.6, 2: 0.7}, CONTROL, "higher") == 1


def test_a_curve_that_starts_above_is_there_from_the_start() -> None:
    assert sooner({0: 0.9}, CONTROL, "higher") == 2


def test_a_curve_that_gets_there_later_is_below_zero() -> None:
    assert sooner({0: 0.2, 9: 0.6}, CONTROL, "higher") == -7


def test_a_curve_that_never_gets_there_has_no_number() -> None:
    assert sooner({0: 0.2, 9: 0.59}, CONTROL, "higher") is None


def test_of_a_loss_less_is_better() -> None:
    assert sooner({1: 0.3, 2: 0.1}, {1: 0.4, 5: 0.2}, "lower") == 3


def test_a_curve_has_the_finite_values_in_order() -> None:
    track = {2: {"iou": 0.5}, 0: {"iou": 0.1}, 1: {"iou": math.nan}, 3: {"loss": 1.0}}
    assert list(curve(track, "iou").items()) == [(0, 0.1), (2, 0.5)]
