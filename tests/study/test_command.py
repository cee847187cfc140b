import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.study.command import filled, references, split

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


def test_one_text_is_split_into_words_as_a_shell_would() -> None:
    assert split("python train.py --name 'a b' --lr=${lr}") == [
        "python",
        "train.py",
        "--name",
        "a b",
        "--lr=${lr}",
    ]


def test_an_open_quotation_mark_is_told() -> None:
    with pytest.raises(ValueError, match="cannot be split into words: No closing quotation"):
        split("echo 'a")


def test_words_of_a_list_may_be_numbers() -> None:
    assert split(["sleep", 1, 0.5, True]) == ["sleep", "1", "0.5", "true"]


@given(WORDS)
def test_a_value_stays_within_its_word_whatever_it_holds(value: str) -> None:
    assert filled(["--name", "${name}", "--out=${name}/x"], {"name": value}) == [
        "--name",
        value,
        f"--out={value}/x",
    ]


@pytest.mark.parametrize("value", ["a b", "'", '"', "$(date)", "a\nb", "*", "${HOME}", "", "-x", "ü"])
def test_a_value_arrives_at_a_program_as_it_is(value: str) -> None:
    words = filled([sys.executable, "-c", "import sys; sys.stdout.write(sys.argv[1])", "${v}"], {"v": value})

    assert subprocess.check_output(words, text=True) == value


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.00001, "1e-05"), (3, "3"), (True, "true"), (None, "null"), ({"a": [1]}, '{"a": [1]}'), ("x", "x")],
)
def test_values_are_text_as_they_are_and_all_else_as_json(value: Any, word: str) -> None:
    assert filled(["${v}"], {"v": value}) == [word]


def test_a_list_that_is_a_word_of_its_own_becomes_several() -> None:
    assert filled(["a", "${flags}", "b"], {"flags": ["--amp", "-n", 2]}) == ["a", "--amp", "-n", "2", "b"]


def test_a_word_with_each_is_repeated() -> None:
    assert filled(["call", "${each.a}/x-${n}"], {"each.a": ["/p", "/q q"], "n": 1}) == [
        "call",
        "/p/x-1",
        "/q q/x-1",
    ]


def test_an_empty_list_is_no_word() -> None:
    assert filled(["a", "${flags}"], {"flags": []}) == ["a"]


def test_a_list_inside_a_word_is_json() -> None:
    assert filled(["layers=${layers}"], {"layers": [64, 64]}) == ["layers=[64, 64]"]


def test_a_doubled_dollar_is_no_reference() -> None:
    assert filled(["$${HOME}/${x}"], {"x": 1}) == ["${HOME}/1"]


def test_references_are_found_once_each_in_their_order() -> None:
    assert references(["${b}", "x${a}y${b}", "$${c}"]) == ["b", "a"]
