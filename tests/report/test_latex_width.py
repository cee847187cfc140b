import pytest

from orchestrator.report.latex_width import DIGIT, width, wrapped


def test_digits_are_half_as_wide_as_the_font_is_high() -> None:
    assert width("0123456789") == pytest.approx(10 * DIGIT)


def test_a_wide_letter_takes_more_room_than_a_narrow_one() -> None:
    assert width("W") > 3 * width("i")


def test_a_text_that_fits_stays_in_one_line() -> None:
    assert wrapped("two words", 100) == ["two words"]


def test_words_fill_lines() -> None:
    assert wrapped("Left out of training (%)", 62) == ["Left out of", "training (%)"]


def test_a_long_name_stays_whole() -> None:
    assert wrapped("val_loss_at_best", 40) == ["val_loss_at_best"]


def test_a_long_name_breaks_behind_its_joints_if_it_may() -> None:
    assert wrapped("val_loss_at_best", 45, anywhere=True) == ["val_loss_", "at_best"]


def test_a_word_is_not_cut_between_letters() -> None:
    assert wrapped("Combinations", 36, anywhere=True) == ["Combinations"]


def test_what_has_no_joint_and_is_too_long_is_cut_anywhere() -> None:
    assert wrapped("0" * 30, 50, anywhere=True) == ["0" * 10] * 3
