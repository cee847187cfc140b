from pathlib import Path

import pytest

from orchestrator.files.yaml_file import parse_mapping, parse_value, read_yaml
from orchestrator.messages.errors import StudyFileError

TEXT = """\
a: 1
b:
  - x
  - {c: 2}
d: &common
  e: 1e-5
f:
  <<: *common
  g: yes
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-5", 1e-5),
        ("1E3", 1000.0),
        ("12_000", 12_000),
        ("yes", "yes"),
        ("true", True),
        ("20:00:00", "20:00:00"),
        ("'1'", "1"),
        ("~", None),
        ("[1, {a: b}]", [1, {"a": "b"}]),
        ("0x10", 16),
    ],
)
def test_values_have_the_types_of_yaml_1_2(text: str, value: object) -> None:
    found = parse_value(text, "here")

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("a",), 1),
        (("b",), 2),
        (("b", 0), 3),
        (("b", 1, "c"), 4),
        (("d", "e"), 6),
        (("f",), 7),
        (("f", "g"), 9),
        (("f", "not there"), 7),
        (("not there",), 1),
    ],
)
def test_every_place_has_a_line(keys: tuple[str | int, ...], line: int) -> None:
    assert parse_mapping(TEXT, "f.yaml").where(keys) == f"f.yaml:{line}"


def test_merged_keys_are_read() -> None:
    assert parse_mapping(TEXT, "f.yaml").data["f"] == {"g": "yes", "e": 1e-5}


def test_a_file_names_itself_as_it_was_named(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: ä\n", encoding="utf-8")

    assert read_yaml(tmp_path / "x.yaml").where(("a",)) == f"{tmp_path / 'x.yaml'}:1"


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(StudyFileError, match="the file cannot be read"):
        read_yaml(tmp_path / "x.yaml")


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system ['true']", "!mine x", "{a: !x {b: 1}}"])
def test_tags_are_refused(text: str) -> None:
    with pytest.raises(StudyFileError, match="is not allowed"):
        parse_value(text, "here")


@pytest.mark.parametrize("text", ["&a [*a, *a]", "&a {b: {c: *a}}"])
def test_an_anchor_inside_itself_is_refused(text: str) -> None:
    with pytest.raises(StudyFileError, match="an anchor stands inside itself"):
        parse_value(text, "here")


def test_keys_that_are_no_text_are_read_where_they_may_be() -> None:
    found = parse_mapping("labels: {null: none, 3: three, true: yes, a: b}", "f", text_keys=False)

    assert found.data["labels"] == {None: "none", 3: "three", True: "yes", "a": "b"}
