"""What a study file names itself: its axes, stages and shapes, and the parameters of its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.schemas.study_schema import study_schema
from orchestrator.schemas.task_parameters import parameters_of_command, parameters_of_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import BaseModel

    from orchestrator.schemas.walk import Schema
    from orchestrator.study.study_file import StudyFile

    Models = Mapping[str, type[BaseModel]]
    """Stage -> the model of the parameters of its task."""

_STAGE = "StageEntry"


def schema_of_study(
    file: StudyFile, axes: Iterable[str], models: Models, note: Callable[[str], None]
) -> Schema:
    """Return the JSON Schema of a study file with the names that it has; `models` are those of its stages.

    Names are offered, not demanded: while one writes there are soon others. `note` is told what is left out.
    """
    names = [*models, *(stage for stage in file.stages if stage not in models)]

    def add(parts: dict[str, Schema]) -> dict[str, Schema]:
        _offer_names(parts, sorted(axes), names, file.shapes)
        stages: dict[str, Schema] = {}
        for stage, model in models.items():
            params, more = _parameters(file, stage, model, note)
            parts |= more
            stages[stage] = {"allOf": [{"$ref": f"#/$defs/{_STAGE}"}, {"properties": {"params": params}}]}
        parts["Study"]["properties"]["stages"]["properties"] = stages
        return parts

    return study_schema(add)


def _offer_names(
    parts: dict[str, Schema], axes: Iterable[str], stages: Iterable[str], shapes: Iterable[str]
) -> None:
    """Let editors offer names wherever a stage refers to them."""
    stage, need = parts[_STAGE]["properties"], parts["Need"]["properties"]
    values: Schema = {"properties": {axis: {"description": "An axis of the study."} for axis in axes}}
    for key in ("include", "exclude"):
        stage[key]["items"] |= values
    for key in ("when", "where"):
        need[key] |= values
    stage["over"]["items"] = _one_of(axes)
    stage["zip"]["items"]["items"] = _one_of(axes)
    stage["shape"]["anyOf"] = [*_one_of(shapes)["anyOf"], {"type": "null"}]
    need["stage"] |= _one_of(stages)
    stage["needs"]["additionalProperties"] = {"anyOf": [{"$ref": "#/$defs/Need"}, *_one_of(stages)["anyOf"]]}


def _one_of(names: Iterable[str]) -> Schema:
    """Return texts of which some are offered."""
    known = list(names)
    return {"anyOf": [*([{"enum": known}] if known else []), {"type": "string"}]}


def _parameters(
    file: StudyFile, stage: str, model: type[BaseModel], note: Callable[[str], None]
) -> tuple[Schema, dict[str, Schema]]:
    """Return what a stage's `params` may say, and the definitions that it refers to."""
    entry = file.stages.get(stage)
    if entry and (command := entry.described):
        return parameters_of_command(command), {}
    try:
        return parameters_of_task(model)
    except ValueError as error:
        note(f"the parameters of stage `{stage}` are left out: {error}")
        return {}, {}
