import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.report.rounding import alone, with_ends, with_spread

NUMBERS = st.floats(min_value=-1e300, max_value=1e300)
SPREADS = st.floats(min_value=0, max_value=1e300)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e6, "1,000,000"),
        (0.98123, "0.9812"),
        (12345.6, "12,346"),
        (-0.0, "0"),
        (3.8312e-6, "3.831e-06"),
        (1e22, "1e+22"),
    ],
)
def test_a_number_alone_is_whole_or_has_four_digits(value: float, text: str) -> None:
    assert alone(value) == text


@pytest.mark.parametrize(
    ("value", "spread", "texts"),
    [
        (0.7981, 0.009717, ("0.798", "0.010")),
        (0.827, 0.119, ("0.83", "0.12")),
        (0.827, 0.367, ("0.8", "0.4")),
        (12345.678, 250.0, ("12,350", "250")),
        (12345.678, 631.0, ("12,300", "600")),
        (3.831e-6, 3.251e-6, ("3.8e-06", "3.3e-06")),
        (9.996e-5, 1.2e-6, ("0.0001000", "0.0000012")),
        (-0.0001, 0.2, ("0.00", "0.20")),
    ],
)
def test_a_value_ends_where_its_spread_does(value: float, spread: float, texts: tuple[str, str]) -> None:
    assert with_spread(value, spread) == texts


@pytest.mark.parametrize("spread", [0.0, 1e-17])
def test_a_spread_of_nothing_is_not_shown(spread: float) -> None:
    assert with_spread(0.98123, spread) == ("0.9812", "")


def test_ends_have_the_decimals_of_their_value() -> None:
    assert with_ends(0.65512, 0.651, 0.65912) == ("0.655", "0.651", "0.659")


@given(NUMBERS, SPREADS)
def test_both_sides_have_the_same_decimals(value: float, spread: float) -> None:
    shown, around = with_spread(value, spread)

    assert not around or len(shown.partition(".")[2]) == len(around.partition(".")[2])


@given(NUMBERS, SPREADS)
def test_what_is_shown_is_the_value_to_within_its_spread(value: float, spread: float) -> None:
    shown, around = with_spread(value, spread)

    assert not around or abs(float(shown.replace(",", "")) - value) <= spread


@given(SPREADS.filter(lambda spread: spread > 0))
def test_no_spread_is_shown_as_nothing(spread: float) -> None:
    assert float(with_spread(0.0, spread)[1].replace(",", "")) > 0
