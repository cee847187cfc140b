import pytest

from orchestrator.report.latex_numbers import (
    Numeral,
    alike,
    format_width,
    number_of,
    read_number,
    table_format,
)
from orchestrator.report.table import Cell

CELL = Cell(metric="loss", value=0.63812, std=0.0041, n=3)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0.638", "0.638"),
        ("-12,345.6", "-12345.6"),
        ("\N{MINUS SIGN}1.5", "-1.5"),
        ("< 0.001", "<0.001"),
        ("1.2e-05", "1.2e-5"),
        ("1.235e+06", "1.235e6"),
    ],
)
def test_texts_that_are_numbers(text: str, read: str) -> None:
    number = read_number(text)

    assert number
    assert number.text == read


@pytest.mark.parametrize("text", ["", "—", "sgd", "1 of 2", "[0.1, 0.2]", "1.2.3", "nan"])
def test_texts_that_are_none(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (CELL, r"0.638 \pm 0.004"),
        (Cell(metric="m", value=5.0, std=1.41421, n=2, digits=None), r"5.000 \pm 1.414"),
        (Cell(metric="m", value=12.345, std=0.123456, n=2, digits=None), r"12.35 \pm 0.12"),
        (Cell(metric="m", value=1.234e-5, std=3.1e-6, n=2, digits=None), r"1.234 \pm 0.310e-5"),
        (Cell(metric="m", value=0.5, std=0.1, n=2, spread="none"), "0.500"),
        (Cell(metric="m", text="< 0.001"), "<0.001"),
    ],
)
def test_a_number_and_its_spread_end_at_the_same_place(cell: Cell, text: str) -> None:
    number = number_of(cell)

    assert number
    assert number.text == text


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        (["1", "12"], "2"),
        (["-1.25", "100.5"], "-3.2"),
        (["<0.001", "0.03"], "<1.3"),
        (["1e-5", "0.25"], "1.2e-1"),
    ],
)
def test_table_format_has_room_for_all(numbers: list[str], wanted: str) -> None:
    assert table_format([number for text in numbers if (number := read_number(text))]) == wanted


def test_table_format_counts_the_digits_of_a_spread() -> None:
    assert table_format([Numeral(whole="89", decimals="25", spread="12.30")]) == "2.2(4)"


def test_signs_and_spreads_take_room() -> None:
    plain, signed = Numeral(whole="1"), Numeral(whole="1", sign="-", spread="1")

    assert format_width([signed]) > format_width([plain]) + 20


def test_numbers_of_one_kind_are_aligned() -> None:
    numbers = [Numeral(whole="0", decimals="25"), Numeral(whole="12", decimals="5")]

    assert alike(numbers) == numbers


def test_one_that_would_spread_the_column_is_not_aligned() -> None:
    numbers = [
        Numeral(whole="1525060"),
        Numeral(whole="0", decimals="1917"),
        Numeral(whole="92", decimals="40"),
    ]

    assert alike(numbers) == numbers[1:]
