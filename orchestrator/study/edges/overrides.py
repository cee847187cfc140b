"""What the command line changes in a study: `--set` and `--only`."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from orchestrator.files.yaml_file import Document, parse_value
from orchestrator.messages.errors import Problem, StudyFileError
from orchestrator.messages.problems import Keys, nearest
from orchestrator.study.names import UnknownNameError, ambiguous, stages_called
from orchestrator.study.shape import Shape
from orchestrator.study.study_file import StageEntry, StudyFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.messages.problems import Problems


def overridden(document: Document, given: Sequence[str], problems: Problems) -> Document:
    """Return the document with every `PLACE=VALUE` put in; the command line is where they were written."""
    data = copy.deepcopy(document.data)
    marks = dict(document.marks)
    for text in given:
        place, equals, raw = text.partition("=")
        source = f"--set {text}"
        try:
            if not equals:
                raise UnknownNameError("there is no `=` in it", "write `--set STAGE.PARAMETER=VALUE`")
            _check_whole(place.strip())
            keys = _keys(place.strip(), data)
            value = parse_value(raw, source)
            _put(data, keys, value)
            marks[keys] = source
        except UnknownNameError as error:
            problems.found.append(Problem(where=source, path="", message=str(error), hint=error.hint))
        except StudyFileError as error:
            problems.found.extend(error.problems)
    return Document(source=document.source, data=data, marks=marks)


def kept(file: StudyFile, only: Sequence[str], problems: Problems) -> StudyFile:
    """Return the study with the named stages and all that they need; all of it where none is named."""
    wanted: list[str] = []
    for name in only:
        try:
            wanted += stages_called(name, file.stages)
        except UnknownNameError as error:
            problems.found.append(
                Problem(where=f"--only {name}", path="", message=str(error), hint=error.hint)
            )
    if not wanted:
        return file
    reached: set[str] = set()
    while wanted:
        stage = wanted.pop()
        if stage in file.stages and stage not in reached:
            reached.add(stage)
            wanted.extend(need.stage for need in file.stages[stage].needs.values())
    stages = {name: entry for name, entry in file.stages.items() if name in reached}
    return file.model_copy(update={"stages": stages})


def _check_whole(place: str) -> None:
    """Raise where a name between the dots is left out."""
    first, dot, _ = place.partition(".")
    form = {"axes": "axes.AXIS=[VALUE]", "shapes": "shapes.SHAPE.KEY=VALUE"}.get(
        first, "STAGE.PARAMETER=VALUE"
    )
    if not place:
        raise UnknownNameError("there is no name before the `=`", f"write `--set {form}`")
    if dot and not all(place.split(".")):
        raise UnknownNameError(f"`{place}` has an empty name between its dots", f"write `--set {form}`")


def _keys(place: str, data: Mapping[str, Any]) -> Keys:
    """Return the place in the study that the text before the `=` means."""
    first, _, rest = place.partition(".")
    if place == "study":
        return ("study",)
    if first == "axes" and rest:
        return ("axes", _known("the study has no axis", rest, _axes(data)))
    if first == "shapes" and rest:
        shape, _, key = rest.partition(".")
        shape = _known("the study has no shape", shape, _mapping(data, "shapes"))
        return ("shapes", shape, _known("a shape has no key", key, Shape.model_fields))
    if first == "stages" and rest:
        stage, inside = _stage(rest, _mapping(data, "stages"))
        keys = inside.split(".")
        _known("a stage has no key", keys[0], StageEntry.model_fields)
        return ("stages", stage, *keys)
    stage, inside = _stage(place, _mapping(data, "stages"))
    if not inside:
        raise UnknownNameError(f"`{place}` names no parameter", f"write `--set {place}.PARAMETER=VALUE`")
    return ("stages", stage, "params", *inside.split("."))


def _stage(place: str, stages: Mapping[str, Any]) -> tuple[str, str]:
    """Return the stage that the text begins with, and what follows; the longest name wins.

    The prefix of a composed study may be left out where one stage alone has the rest of the name.
    """
    meant: dict[str, list[str]] = {}
    for name in stages:
        for start in [name, *(name[index + 1 :] for index, sign in enumerate(name) if sign == ".")]:
            if place == start or place.startswith(f"{start}."):
                meant.setdefault(start, []).append(name)
    for start in sorted(meant, key=len, reverse=True):
        candidates = [start] if start in stages else meant[start]
        if len(candidates) > 1:
            raise ambiguous(start, candidates)
        return candidates[0], place.removeprefix(start).removeprefix(".")
    given = place.partition(".")[0]
    short = {name.rpartition(".")[2] for name in stages}
    raise UnknownNameError(
        f"there is no stage `{given}`", nearest(given, [*stages, *sorted(short - set(stages))])
    )


def _axes(data: Mapping[str, Any]) -> list[str]:
    axes = dict(_mapping(data, "axes"))
    for entry in _mapping(data, "stages").values():
        axes |= _mapping(entry, "axes") if isinstance(entry, dict) else {}
    return list(axes)


def _mapping(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a part of the study; nothing where it is no mapping, which is told elsewhere."""
    part = data.get(key)
    return part if isinstance(part, dict) else {}


def _known(message: str, name: str, names: Mapping[str, Any] | Sequence[str]) -> str:
    if name not in names:
        raise UnknownNameError(f"{message} `{name}`", nearest(name, names))
    return name


def _put(data: dict[str, Any], keys: Keys, value: Any) -> None:
    here = data
    for key in keys[:-1]:
        inner = here.setdefault(str(key), {})
        if not isinstance(inner, dict):
            raise UnknownNameError(f"`{key}` has no parts", f"set `{key}` as a whole")
        here = inner
    here[str(keys[-1])] = value
