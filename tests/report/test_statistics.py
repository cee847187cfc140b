import pytest

from orchestrator.report.statistics import confidence95, mean, points, relative_gain, sample_std


def test_mean_of_nothing_is_nothing() -> None:
    assert mean([]) is None


def test_sample_std_divides_by_n_minus_one() -> None:
    assert sample_std([1.0, 2.0, 3.0]) == 1.0


def test_one_value_has_no_spread() -> None:
    assert sample_std([0.5]) is None
    assert confidence95([0.5]) is None


def test_diverged_values_still_have_a_mean_but_no_spread_that_could_be_written() -> None:
    assert mean([1.7e308, 1.7e308]) == 1.7e308
    assert sample_std([1.7e308, -1.7e308]) is None


def test_confidence_of_three_values_uses_t_of_two_degrees() -> None:
    assert confidence95([1.0, 2.0, 3.0]) == pytest.approx(4.302652729 / 3**0.5)


def test_printed_vgg16_gain_is_relative() -> None:
    """Table 5.1 prints 0.638 and 0.660 for LFW with hair."""
    assert relative_gain(0.660, 0.638) == pytest.approx(3.448, abs=0.001)
    assert points(0.660, 0.638) == pytest.approx(2.2)


def test_gain_over_zero_is_undefined() -> None:
    assert relative_gain(0.5, 0.0) is None
