import pytest

from orchestrator.report.escape import barred, inert, no_formula


def test_a_text_of_several_lines_becomes_one_line_without_html() -> None:
    assert inert("a\n<b>\x1b") == r"a \<b>" + "\ufffd"


def test_a_bar_does_not_end_a_cell() -> None:
    assert barred("a|b") == r"a\|b"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_formula_is_a_text(text: str) -> None:
    assert no_formula(text) == f"'{text}"
