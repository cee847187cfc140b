"""What a study names itself is offered where it is referred to."""

import pytest
from pydantic import BaseModel

from orchestrator.schemas.named_in_study import schema_of_study
from orchestrator.schemas.walk import Schema
from orchestrator.study.study_file import StudyFile
from tests.schemas.valid import wrong


class Params(BaseModel):
    """The parameters of a task."""

    epochs: int = 1


class Held(BaseModel, arbitrary_types_allowed=True):
    """Parameters that no file can hold."""

    held: memoryview


STUDY = StudyFile.model_validate(
    {
        "study": "toy",
        "shapes": {"gpu": {"gpus": 1}},
        "stages": {"data": {"task": "a.b"}, "run": {"command": "x ${lr}", "params": {"lr": 1}}},
    }
)
TEXT = "study: toy\nstages:\n  train: {task: toy.train, params: {%s}}\n"


def schema(**models: type[BaseModel]) -> Schema:
    return schema_of_study(STUDY, ["seed", "lr"], models, print)


def enums(schema: Schema) -> list[object]:
    return [form.get("enum") for form in schema["anyOf"] if "enum" in form]


def test_names_are_offered_where_a_stage_refers_to_them() -> None:
    parts = schema(train=Params)["$defs"]
    stage, need = parts["StageEntry"]["properties"], parts["Need"]["properties"]

    assert enums(stage["over"]["items"]) == [["lr", "seed"]]
    assert enums(stage["shape"]) == [["gpu"]]
    assert enums(need["stage"]) == enums(stage["needs"]["additionalProperties"]) == [["train", "data", "run"]]
    assert list(need["where"]["properties"]) == ["lr", "seed"]


def test_names_that_are_new_are_allowed() -> None:
    text = "study: toy\nstages:\n  other: {task: x, over: [width], needs: {a: b}, shape: c}\n"

    assert not wrong(schema(train=Params), text)


@pytest.mark.parametrize(
    ("params", "places"),
    [
        ("epochs: 2", []),
        ("epocs: 2", ["stages.train.params"]),
        ("epochs: [2]", ["stages.train.params.epochs"]),
    ],
)
def test_parameters_of_a_stage_are_those_of_its_task(params: str, places: list[str]) -> None:
    assert wrong(schema(train=Params), TEXT % params) == places


def test_over_another_file_a_parameter_may_be_removed() -> None:
    text = "extends: a.yaml\nstages: {train: {params: {epochs: null}}}\n"

    assert not wrong(schema(train=Params), text)


def test_a_command_takes_what_its_words_refer_to() -> None:
    stages = schema(run=Params)["$defs"]["Study"]["properties"]["stages"]["properties"]

    assert list(stages["run"]["allOf"][1]["properties"]["params"]["properties"]) == ["lr"]


def test_parameters_that_no_file_can_hold_are_left_out_and_told() -> None:
    told: list[str] = []
    left = schema_of_study(STUDY, [], {"train": Held}, told.append)

    assert told[0].startswith("the parameters of stage `train` are left out: ")
    assert not wrong(left, TEXT % "held: 1")
