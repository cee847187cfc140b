from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.messages.problems import Keys, Problems, brief, dotted, listed, nearest, shortened, shown


@pytest.fixture
def problems() -> Problems:
    """Give problems of a study in which `axes.lr` is in one line and all the rest in another."""
    return Problems(lambda keys: "s.yaml:2" if keys[0] == "axes" else "s.yaml:5")


@pytest.mark.parametrize(
    ("keys", "text"),
    [((), ""), (("axes", "lr", 1), "axes.lr[1]"), (("include", 0, "net"), "include[0].net")],
)
def test_a_place_is_written_with_dots(keys: Keys, text: str) -> None:
    assert dotted(keys) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1e-05, "1e-05"),
        ({"a": [1, False]}, "{a: [1, false]}"),
        ((), "[]"),
    ],
)
def test_a_value_is_shown_as_a_study_file_spells_it(value: Any, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("length", "said"),
    [(1_000, "900 characters"), (5_000_100, "5,000,000 characters")],
)
def test_a_long_text_keeps_head_and_tail_and_says_where_the_rest_is(length: int, said: str) -> None:
    text = f"head{'x' * (length - 8)}tail"
    short = shortened(text, 100, "log.txt")

    assert short.startswith("headx")
    assert short.endswith("xtail")
    assert f" … {said} left out, all of it in log.txt … " in short
    assert len(short) < 200


def test_what_was_left_out_before_counts_too() -> None:
    twice = shortened(shortened("x" * 5_000_000, 20_000, "log.txt"), 100, "logs")

    assert " … 4,999,9" in twice
    assert twice.count("left out") == 1


def test_a_text_that_is_short_enough_stays_as_it_is() -> None:
    assert shortened("x" * 100, 100, "log.txt") == "x" * 100


@given(st.text(min_size=121))
def test_a_long_value_keeps_its_beginning_and_end(text: str) -> None:
    short = brief(text)

    assert len(short) < 121
    assert short.startswith(text[:60])
    assert short.endswith(text[-20:])


@given(st.text(max_size=120))
def test_a_short_value_is_shown_whole(text: str) -> None:
    assert brief(text) == text


def test_names_are_listed_in_backticks() -> None:
    assert listed(["a", True]) == "`a`, `true`"


@pytest.mark.parametrize(
    ("name", "names", "hint"),
    [
        ("encodr", ["encoder", "seed"], "did you mean `encoder`?"),
        ("x", ["encoder", "seed"], "allowed: `encoder`, `seed`"),
        ("x", [], "there is none to choose from"),
    ],
)
def test_a_hint_names_what_was_meant(name: str, names: list[str], hint: str) -> None:
    assert nearest(name, names) == hint


def test_something_else_may_be_said_where_no_name_is_near() -> None:
    assert nearest("x", ["encoder"], "look into the file") == "look into the file"


def test_a_name_is_hinted_at_with_its_prefix() -> None:
    assert nearest("gendr", ["gender"], prefix="tasks.") == "did you mean `tasks.gender`?"


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5))
def test_an_allowed_name_is_nearest_to_itself(names: list[str]) -> None:
    assert nearest(names[0], names) == f"did you mean `{names[0]}`?"


def test_a_problem_has_the_line_of_its_place(problems: Problems) -> None:
    problems.add(("axes", "lr"), "is empty")

    assert [str(problem) for problem in problems.found] == ["s.yaml:2: axes.lr: is empty"]


def test_what_several_stages_share_is_told_once(problems: Problems) -> None:
    problems.add(("stages", "a", "params", "lr"), "is empty")
    problems.add(("stages", "b", "params", "lr"), "is empty")

    assert len(problems.found) == 1


def test_what_others_have_told_is_not_told_again(problems: Problems) -> None:
    others = Problems(problems.where, problems.found)
    others.add(("axes", "lr"), "is empty")
    problems.add(("axes", "lr"), "is empty")

    assert len(problems.found) == 1


def test_different_messages_for_one_place_are_both_told(problems: Problems) -> None:
    problems.add(("axes", "lr"), "is empty")
    problems.add(("axes", "lr"), "is no list")

    assert len(problems.found) == 2
