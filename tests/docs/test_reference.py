"""The reference is whole: every key of every model, every verb and option, and what Python is given."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import BaseModel, Field

import orchestrator
from docs.hooks import keys, type_words
from docs.hooks.docstrings import UndocumentedError, signature_of
from docs.hooks.examples import examples
from docs.hooks.key_page import key_page
from docs.hooks.keys import ORDER, UnexplainedError, models_in, parts_of
from docs.hooks.pages import made
from docs.hooks.python_page import FOR_TASKS, member_lines
from docs.hooks.verb_page import commands, options
from orchestrator.cli import VERBS
from orchestrator.engine.context import Context
from orchestrator.messages import errors
from orchestrator.schemas.kinds import MODELS, FileKind
from tests.docs.yaml_blocks import wrong_in

KINDS = get_args(FileKind)
FOR_THE_ENGINE = {"furthest", "saved", "stopping", "signalled", "stop"}
"""What a context has beside what tasks are told of."""
PAGES = made()
VERB_PAGE = PAGES["reference/verbs.md"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_every_model_is_in_the_reference(kind: FileKind) -> None:
    told = {(part.model, key.name) for part in parts_of(kind) for key in part.keys}
    fields = {
        (name, field.alias or key)
        for name, model in models_in(MODELS[kind]).items()
        for key, field in model.model_fields.items()
        if key != "root"  # of a model that is a mapping of names
    }

    assert told == fields


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_has_a_heading_and_no_two_the_same(kind: FileKind) -> None:
    anchors = [key.anchor for part in parts_of(kind) for key in part.keys]

    assert len(set(anchors)) == len(anchors)
    assert all(f"{{ #{anchor} }}" in PAGES[f"reference/{kind}.md"] for anchor in anchors)


def test_a_key_without_a_description_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = {"title": "study", "description": "A study.", "properties": {"bare": {"type": "string"}}}
    monkeypatch.setattr(keys, "schemas_of", lambda _: {"WrittenStudy": schema})

    with pytest.raises(UnexplainedError, match="`bare` of WrittenStudy is not explained"):
        key_page("study")


def test_keys_that_are_put_in_order_are_there() -> None:
    models = {name: model for kind in KINDS for name, model in models_in(MODELS[kind]).items()}

    assert {
        (model, key)
        for model, names in ORDER.items()
        for key in names
        if key not in {field.alias or name for name, field in models[model].model_fields.items()}
    } == set()


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_of_a_key_is_one_line_with_that_key(kind: FileKind) -> None:
    assert {line.partition(":")[0] for line in examples(kind).values()} == {key for _, key in examples(kind)}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1}, "a whole number from 1 on"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "a number above 0 and below 1"),
        ({"enum": ["a", "b", "c"]}, "`a`, `b` or `c`"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": 3}, "a whole number or `null`"),
        ({"type": "array", "items": {"type": "string"}}, "a list of texts"),
        ({"type": "object", "additionalProperties": {"$ref": "#/$defs/Need"}}, "names with [Need]"),
        ({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"\$\{"}]}, "a whole number"),
    ],
)
def test_what_a_key_takes_is_said_in_words(schema: dict[str, object], words: str) -> None:
    assert type_words.takes(schema, lambda name, _several: f"[{name}]") == words


def test_a_default_that_is_made_each_time_is_told() -> None:
    table = next(part for part in parts_of("report") if part.model == "TableDefinition")

    assert next(key for key in table.keys if key.name == "aggregate").default == "[seed]"


@pytest.mark.parametrize("verb", commands())
def test_every_option_is_in_the_reference_with_its_help(verb: str) -> None:
    for option, parameter in zip(options(verb, commands()[verb]), commands()[verb].params, strict=True):
        assert f"`{option.word}`{{ #{verb}-{parameter.opts[0].lstrip('-')} }}\n:   {option.text}" in VERB_PAGE
        assert parameter.help, f"`{option.word}` of `{verb}` has no help"


def test_every_verb_stands_below_its_purpose() -> None:
    for purpose, verbs in VERBS.items():
        section = VERB_PAGE.partition(f"## {purpose}\n")[2].partition("\n## ")[0]
        assert [line[5:-1] for line in section.splitlines() if line.startswith("### ")] == [
            f"{verb.__name__}` {{ #{verb.__name__} " for verb in verbs
        ]


@pytest.mark.parametrize("code", ["0", "1", "2", "130", "143"])
def test_every_exit_code_is_told(code: str) -> None:
    assert f"| `{code}` | " in VERB_PAGE


@pytest.mark.parametrize("name", [name for name, one in vars(errors).items() if name.endswith("Error")])
def test_every_error_is_told_with_its_code(name: str) -> None:
    base = name == "OrchestratorError"

    assert base or f"| `{name}` | `{getattr(errors, name).exit_code}` | " in VERB_PAGE


@pytest.mark.parametrize("name", orchestrator.__all__)
def test_what_python_is_given_is_in_the_reference(name: str) -> None:
    page = PAGES["reference/python.md"]

    assert f"orchestrator.{name}`" in page or f"## {name} " in page


def test_what_a_context_has_is_for_tasks_or_for_the_engine() -> None:
    public = {name for name in vars(Context) if not name.startswith("_")}

    assert public - FOR_THE_ENGINE <= set(FOR_TASKS)
    assert all(f"`context.{name}`" in PAGES["reference/context.md"] for name in FOR_TASKS)


class Bare:
    """Has an attribute that nobody explains."""

    def __init__(self) -> None:
        self.known = 1
        """Explained."""
        self.unknown = 2


def test_a_member_that_nobody_explains_is_told() -> None:
    assert "Explained." in list(member_lines("bare", Bare, ["known"]))
    with pytest.raises(UndocumentedError, match=r"`bare\.unknown` is not explained"):
        list(member_lines("bare", Bare, ["unknown"]))


def of_many(first: int, *, second_of_them: str = "a long default", third_of_them: float = 0.5) -> list[str]:
    """Return nothing."""
    return []


def test_a_long_signature_has_a_line_for_each_parameter() -> None:
    assert signature_of("many", of_many).splitlines() == [
        "many(",
        "    first: int,",
        "    *,",
        "    second_of_them: str = 'a long default',",
        "    third_of_them: float = 0.5,",
        ") -> list[str]",
    ]


def test_a_part_of_a_page_that_its_model_refuses_is_told() -> None:
    class Model(BaseModel):
        count: int = Field(ge=1)

    assert "greater than or equal to 1" in wrong_in(Model, {"count": 0})
