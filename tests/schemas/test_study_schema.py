"""What editors underline in a study file, and what they leave alone."""

from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import ValidationError

from orchestrator.schemas.study_schema import study_schema
from orchestrator.study.study_file import StudyFile
from tests.schemas.valid import wrong
from tests.study.test_any_study_file import GOOD, places, with_part

HEAD = """\
study: toy
axes: {lr: [1, 2]}
stages:
  train:
    task: toy.train
"""
OVER = "extends: other.yaml\n"
SCHEMA = study_schema()

RIGHT = {
    "a task": HEAD,
    "a command as text": HEAD.replace("task: toy.train", "command: python a.py"),
    "a command as words": HEAD.replace("task: toy.train", "command: [python, a.py, 1]"),
    "a need by its stage": f"{HEAD}    needs: {{data: prepare}}\n",
    "a need with more": f"{HEAD}    needs: {{data: {{stage: prepare, all: [fold], require: 2}}}}\n",
    "a sample by its number": f"{HEAD}    sample: 3\n",
    "a sample with a seed": f"{HEAD}    sample: {{points: 3, seed: 1}}\n",
    "durations": f"{HEAD}shapes: {{a: {{time: 1d12h}}, b: {{time: 3600}}, c: {{time: '1-20:00:00'}}}}\n",
    "memory": f"{HEAD}shapes: {{a: {{memory: 24 GB}}, b: {{memory: 500m}}, c: {{memory: 2048}}}}\n",
    "shapes of axes": f'{HEAD}shapes: {{a: {{gpus: "${{lr}}", time: 2h}}}}\n',
    "spaced numbers": HEAD.replace("[1, 2]", "{from: 1, to: 9, num: 5}"),
    "records": HEAD.replace("[1, 2]", "{a: {x: 1}, b: {y: [1]}}"),
    "numbers between ends of a base": f"{OVER}axes: {{lr: {{num: 5}}}}\n",
    "a part of a study": OVER,
    "a part of a stage": f"{OVER}stages: {{train: {{search: {{trials: 3}}, needs: {{a: {{all: true}}}}}}}}\n",
    "what is removed": f"{OVER}stages: {{train: null, b: {{over: null}}}}\nreport: null\n",
    "a composed study": "study: all\nstudies: [a.yaml]\nstages: {a.train: {params: {epochs: 1}}}\n",
}
WRONG = {
    "no stages": ("study: toy\n", ""),
    "no name": ("stages: {a: {task: b}}\n", ""),
    "misspelt key of the study": (f"{HEAD}repport: x\n", ""),
    "misspelt key of a stage": (f"{HEAD}    parms: {{}}\n", "stages.train"),
    "misspelt key of a stage over another file": (
        f"{OVER}stages: {{train: {{parms: {{}}}}}}\n",
        "stages.train",
    ),
    "neither task nor command": (HEAD.replace("task: toy.train", "over: []"), "stages.train"),
    "both": (f"{HEAD}    command: x\n", "stages.train"),
    "a name that is none": (HEAD.replace("train:", "1a:"), "stages"),
    "a need without a stage": (f"{HEAD}    needs: {{a: {{best: loss}}}}\n", "stages.train.needs.a"),
    "both directions": (
        f"{HEAD}    search: {{trials: 1, space: {{a: [1]}}, objective: {{minimize: a, maximize: b}}}}\n",
        "stages.train.search.objective",
    ),
    "a duration that is none": (f"{HEAD}shapes: {{a: {{time: 2 weeks}}}}\n", "shapes.a.time"),
    "an amount that is none": (f"{HEAD}shapes: {{a: {{memory: much}}}}\n", "shapes.a.memory"),
    "an axis without values": (HEAD.replace("[1, 2]", "[]"), "axes.lr"),
    "a removed stage of nothing": (HEAD.replace("\n    task: toy.train", " null"), "stages.train"),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert not wrong(SCHEMA, text)


@pytest.mark.parametrize(("text", "place"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_underlined(text: str, place: str) -> None:
    assert wrong(SCHEMA, text) == [place]


@pytest.mark.parametrize("ends", ["{from: 1, to: 2}", "{from: 1, to: 2, num: 3, step: 1}"])
def test_numbers_between_ends_need_one_of_two_keys(ends: str) -> None:
    assert wrong(SCHEMA, HEAD.replace("[1, 2]", ends))


PARTS = (
    None,
    0,
    -1,
    2.5,
    "",
    "a",
    "20h",
    "3GB",
    [],
    [[]],
    [1],
    ["a"],
    {},
    {"a": 1},
    {"a": {}},
    {"stage": "a"},
)
"""No text in the place of a number: pydantic would read it as one."""


def is_right(study: dict[str, Any]) -> bool:
    try:
        StudyFile.model_validate(study)
    except ValidationError:
        return False
    return True


def test_whatever_the_models_take_is_left_alone() -> None:
    changed = [with_part(GOOD, keys, part) for keys in places(GOOD) for part in PARTS]
    right = [study for study in changed if is_right(study)]

    assert len(right) > 500
    assert not [study for study in right if not Draft7Validator(SCHEMA).is_valid(study)]
