"""What the command line changes in a study: `--set` and `--only`."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from orchestrator.files.yaml_file import Document, parse_value
from orchestrator.messages.errors import Problem, StudyFileError
from orchestrator.messages.problems import Keys, nearest, shown
from orchestrator.study.axis_values import is_records
from orchestrator.study.names import UnknownNameError, ambiguous, stages_called
from orchestrator.study.other_words import words_at
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
            value = parse_value(raw, source)
            for keys in _everywhere(_keys(place.strip(), data), data):
                _put(data, keys, _chosen(value, keys, data))
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
        return _axis_place(rest, _axes(data))
    if first == "shapes" and rest:
        shape, _, key = rest.partition(".")
        shape = _known("the study has no shape", shape, _mapping(data, "shapes"))
        return ("shapes", shape, _known("a shape has no key", key, Shape.model_fields))
    if first == "stages" and rest:
        stage, inside = _stage(rest, _mapping(data, "stages"))
        keys = inside.split(".")
        if keys[0] not in words_at("stage"):  # these are told with what to write
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


def _axes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return all axes by their names, those of a composed study with the records of all its stages."""
    axes: dict[str, Any] = {}
    for entry in _mapping(data, "stages").values():
        for axis, given in (_mapping(entry, "axes") if isinstance(entry, dict) else {}).items():
            others = _mapping(axes, axis) if isinstance(given, dict) else {}
            axes[axis] = {**others, **given} if others else given
    return axes | _mapping(data, "axes")


def _axis_place(place: str, axes: Mapping[str, Any]) -> Keys:
    """Return the axis that the text begins with, and what is meant inside of it; the longest name wins."""
    axis, inside = _split(place, axes)
    if axis is None:
        raise UnknownNameError(f"the study has no axis `{place}`", nearest(place, axes))
    given = axes[axis]
    if not inside:
        return ("axes", axis)
    if not isinstance(given, dict):
        raise UnknownNameError(f"`{axis}` has no parts", f"set `{axis}` as a whole: `axes.{axis}=[VALUE]`")
    record, field = _split(inside, given)
    if record is None and "." in inside:
        name = inside.partition(".")[0]
        raise UnknownNameError(f"axis `{axis}` has no record `{name}`", nearest(name, given))
    if record is None or not field:  # a new one, or one as a whole
        return ("axes", axis, inside)
    return ("axes", axis, record, *field.split("."))


def _split(place: str, names: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return the longest name that a dotted text begins with, and what follows."""
    found = [name for name in names if place == name or place.startswith(f"{name}.")]
    name = max(found, key=len, default=None)
    return name, place if name is None else place.removeprefix(name).removeprefix(".")


def _everywhere(keys: Keys, data: Mapping[str, Any]) -> list[Keys]:
    """Return the places that are meant: composed studies have an axis of records in each of their stages."""
    if keys[0] != "axes" or keys[1] in _mapping(data, "axes"):
        return [keys]
    stages = _mapping(data, "stages")
    axes = {stage: _mapping(entry, "axes") for stage, entry in stages.items() if isinstance(entry, dict)}
    having = [stage for stage, own in axes.items() if isinstance(own.get(str(keys[1])), dict)]
    if len(keys) > 3:  # a field: only of a record that is there
        having = [stage for stage in having if keys[2] in axes[stage][str(keys[1])]]
    return [("stages", stage, *keys) for stage in having] or [keys]


def _chosen(value: Any, keys: Keys, data: Mapping[str, Any]) -> Any:
    """Return the records of the names that an axis of records is set to; any other value as it is."""
    if keys[-2:-1] != ("axes",):
        return value
    given: Any = data
    for key in keys:
        given = given.get(str(key)) if isinstance(given, dict) else None
    if not isinstance(value, list) or not is_records(given):
        return value
    for name in value:
        if shown(name) not in given:
            raise UnknownNameError(f"axis `{keys[-1]}` has no record `{shown(name)}`", nearest(name, given))
    return {shown(name): given[shown(name)] for name in value}


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
