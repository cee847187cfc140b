import pytest

from benchmarks.markdown import number, table


def test_sizes_stand_across_and_measures_down() -> None:
    assert table("trials", {"10": {"plan, s": 0.5}, "20": {"plan, s": 1.0, "calls": 3}}).splitlines() == [
        "| trials | 10 | 20 |",
        "|---|--:|--:|",
        "| plan, s | 0.500 | 1 |",
        "| calls |  | 3 |",
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(0.04567, "0.0457"), (12.34, "12.3"), (99.96, "100"), (1234.5, "1,234"), (0, "0")]
)
def test_a_number_has_three_digits(value: float, text: str) -> None:
    assert number(value) == text
