from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.files.yaml_file import parse_mapping
from orchestrator.files.yaml_text import yaml_text
from orchestrator.messages.errors import StudyFileError

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
SCALARS = (
    st.none()
    | st.booleans()
    | TEXTS
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=6)


@given(st.dictionaries(TEXTS, VALUES, min_size=1))
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    assert parse_mapping(yaml_text(data), "").data == data


@pytest.mark.parametrize(
    "text",
    ["1", "1e-5", "yes", "null", "2020-01-01", "a: b", "", " a", "é", "😀", "#", "~", "\u2028", "\uffff"],
)
def test_a_text_stays_one(text: str) -> None:
    assert parse_mapping(yaml_text({"a": text}), "").data == {"a": text}


@pytest.mark.parametrize("sign", ["\x1b", "\x85", "\ud800"])
def test_a_sign_that_files_may_not_have_is_told_as_one(sign: str) -> None:
    with pytest.raises(StudyFileError, match="the text has the character"):
        parse_mapping(yaml_text({"a": f"x{sign}"}), "")


def test_it_looks_as_people_write_it() -> None:
    data = {
        "study": "toy",
        "axes": {"lr": [0.1, 1e-05], "net": ["a/b", "1"]},
        "stages": {"a": {"task": "t.a"}},
    }

    assert yaml_text(data) == (
        'study: toy\naxes:\n  lr: [0.1, 1e-05]\n  net: [a/b, "1"]\nstages:\n  a: {task: t.a}\n'
    )


def test_keys_that_are_no_texts_are_read_back_as_they_were() -> None:
    data = {"space": {8: {"a": [1]}, True: None, None: {}, "true": None}}

    assert parse_mapping(yaml_text(data), "", text_keys=False).data == data


def test_a_long_list_of_mappings_has_a_line_for_each() -> None:
    points = [{"encoder": "resnet50", "lr": 0.1234567890123, "momentum": number} for number in range(3)]
    text = yaml_text({"include": points})

    assert len(text.splitlines()) == 4
    assert parse_mapping(text, "t", start="").data == {"include": points}
