"""Axes of records: what a name stands for, where its linked values go, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import listed, nearest, shown
from orchestrator.study.axis_values import Records
from orchestrator.study.command_checks import task_of
from orchestrator.study.matrix import comparable, referred
from orchestrator.study.searches.tree import every

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from orchestrator.messages.problems import Keys, Problems
    from orchestrator.study.axis_values import Value
    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.study_file import StageEntry, StudyFile

Linked = dict[str, "Mapping[str, Mapping[str, Value]]"]
"""Axis of records -> name -> field -> value."""


def axes_of(entry: StageEntry, shared: Mapping[str, list[Value]]) -> dict[str, list[Value]]:
    """Return the axes that a stage may be over: those of the study, `shared`, go before its own.

    Names that the study lists of an axis of records are a choice among the stage's own records.
    """
    own = entry.axes
    return {**own, **{axis: _chosen(values, own.get(axis)) for axis, values in shared.items()}}


def _chosen(values: list[Value], own: list[Value] | None) -> list[Value]:
    if not isinstance(own, Records) or isinstance(values, Records):
        return values
    names = [name for name in values if isinstance(name, str) and name in own.records]
    return Records({name: own.records[name] for name in names}) if len(names) == len(values) else values


def linked_axes(axes: Mapping[str, Sequence[Value]]) -> Linked:
    """Return the axes whose values are names of records."""
    return {axis: values.records for axis, values in axes.items() if isinstance(values, Records)}


def fields_of(records: Mapping[str, Mapping[str, Value]]) -> list[str]:
    """Return the fields that any of the records has."""
    return list(dict.fromkeys(field for record in records.values() for field in record))


def linked_values(point: Mapping[str, Any], linked: Linked) -> dict[str, Any]:
    """Return the fields of a point's records, which go to the parameters of their names."""
    return {field: value for axis in linked for field, value in record_of(axis, point, linked).items()}


def giver(parameter: str, point: Mapping[str, Any], linked: Linked) -> str | None:
    """Return the axis whose record gives a parameter at a point."""
    return next((axis for axis in linked if parameter in record_of(axis, point, linked)), None)


def record_of(axis: str, point: Mapping[str, Any], linked: Linked) -> Mapping[str, Any]:
    """Return what a point's value of an axis stands for; nothing where it is the name of no record."""
    name = point.get(axis)
    return linked.get(axis, {}).get(name, {}) if isinstance(name, str) else {}


def reachable(point: Mapping[str, Any], linked: Linked) -> dict[str, Any]:
    """Return all that `${...}` may name at a point: its axes, and as `axis.field` what is inside of them."""
    inside: dict[str, Any] = {}
    for axis, value in point.items():
        inside |= dict(_flat(axis, record_of(axis, point, linked) if axis in linked else value))
    return {**inside, **point}


def _flat(above: str, value: Any) -> Iterator[tuple[str, Any]]:
    for key, part in value.items() if isinstance(value, dict) else ():
        yield f"{above}.{key}", part
        yield from _flat(f"{above}.{key}", part)


def axis_meant(reference: str, axes: Collection[str]) -> str | None:
    """Return the axis that a reference names, or whose field it names."""
    if reference in axes:
        return reference
    around = [axis for axis in axes if reference.startswith(f"{axis}.")]
    return max(around, key=len, default=None)


def without_field(
    reference: str, axis: str, values: Sequence[Value], linked: Linked
) -> tuple[str, str] | None:
    """Return what is wrong with `${axis.field}`, and a hint: not all values of the axis have the field."""
    field = reference.removeprefix(f"{axis}.")
    for value in values:
        if reference in reachable({axis: value}, linked):
            continue
        if axis not in linked:
            hint = f"give values with names: `{axis}: {{NAME: {{{field}: VALUE}}}}`"
            return f"value `{shown(value)}` of axis `{axis}` has no `{field}`", hint
        if isinstance(value, str) and value in linked[axis]:
            known = [name.removeprefix(f"{axis}.") for name in reachable({axis: value}, linked)]
            hint = nearest(field, [name for name in known if name != axis])
            return f"record `{value}` of axis `{axis}` has no `{field}`", hint
    return None


def used_fields(entry: StageEntry, axis: str, fields: Sequence[str], parameters: Collection[str]) -> set[str]:
    """Return the fields that a stage uses: as a parameter of its task, or anywhere as `${axis.field}`."""
    named = {field for field in fields if field in parameters}
    references = referred(entry.model_dump(exclude={"axes"}))
    return named | {field for field in fields if axis_meant_in(f"{axis}.{field}", references)}


def axis_meant_in(place: str, references: Collection[str]) -> bool:
    """Say whether a reference names this place or one inside of it."""
    return any(reference == place or reference.startswith(f"{place}.") for reference in references)


def used_axes(entry: StageEntry, linked: Linked, parameters: Collection[str]) -> set[str]:
    """Return the axes that the parameters of a stage refer to, and those whose records give any."""
    references = set[str]().union(*map(referred, entry.params.values()))
    used = {axis for reference in references if (axis := axis_meant(reference, entry.over))}
    given = {
        axis for axis, records in linked.items() if used_fields(entry, axis, fields_of(records), parameters)
    }
    return used | given


def check_linked(
    entry: StageEntry, linked: Linked, parameters: Collection[str], keys: Keys, problems: Problems
) -> None:
    """Note fields that give a parameter which is given in another way too, and names that no record has."""
    for place, (axis, records) in enumerate(linked.items()):
        over = (*keys, "over", entry.over.index(axis))
        later = list(linked)[place + 1 :]
        for field in (field for field in fields_of(records) if field in parameters):
            others = [other for other in later if field in fields_of(linked[other])]
            here = f"by the records of axis `{axis}`"
            if field == "seed":
                hint = "write `seed: [0]` under `axes:` and `seed` in `over:`"
                problems.add(over, f"axis `{axis}` gives `seed`, which is the trial's seed", hint)
            elif field in entry.params:
                message = f"`{field}` is given twice: here and {here}"
                problems.add((*keys, "params", field), message, "leave it out here, or out of the records")
            elif field in entry.over or others:
                other = f"by those of {listed(others)}" if others else f"as axis `{field}`"
                message = f"`{field}` is given twice: {here} and {other}"
                problems.add(over, message, "rename one of them")
            elif searched := [
                one for one in every(entry.search.space if entry.search else {}) if one.name == field
            ]:
                message = f"`{field}` is given twice: here and {here}"
                problems.add((*keys, "search", "space", *searched[0].keys), message, "leave one of them out")
        for index, point in enumerate(entry.include):
            if axis in point and comparable(point[axis]) not in set(map(comparable, records)):
                message = f"axis `{axis}` has no record `{shown(point[axis])}`"
                problems.add((*keys, "include", index, axis), message, nearest(point[axis], records))


def check_fields(file: StudyFile, tasks: Mapping[str, TaskDescription], problems: Problems) -> None:
    """Note fields of records that no stage of a whole study uses; one with an unknown task may use them."""
    groups: dict[tuple[str, Any], list[str]] = {}
    for name, entry in file.stages.items():
        for axis, records in linked_axes(axes_of(entry, file.axes)).items():
            if axis in entry.over:
                groups.setdefault((axis, comparable(dict(records))), []).append(name)
    for (axis, _), names in groups.items():
        entries = [file.stages[name] for name in names]
        known_tasks = [task for entry in entries if (task := task_of(entry, tasks))]
        if len(known_tasks) < len(entries):
            continue
        records = linked_axes(axes_of(entries[0], file.axes))[axis]
        fields = fields_of(records)
        models = [list(task.model.model_fields) for task in known_tasks]
        used = set[str]().union(
            *(used_fields(entry, axis, fields, model) for entry, model in zip(entries, models, strict=True))
        )
        shapes = [file.shapes[entry.shape] for entry in entries if entry.shape and entry.shape in file.shapes]
        references = set[str]().union(*(shape.references for shape in shapes))
        used |= {field for field in fields if axis_meant_in(f"{axis}.{field}", references)}
        place = ("axes", axis) if axis in file.axes else ("stages", names[0], "axes", axis)
        for field in (field for field in fields if field not in used):
            owner = next(name for name, record in records.items() if field in record)
            known = dict.fromkeys(parameter for model in models for parameter in model)
            problems.add(
                (*place, owner, field),
                f"`{field}` changes nothing: no stage over `{axis}` has a task with a parameter `{field}`, "
                f"and no `${{{axis}.{field}}}` uses it",
                nearest(field, known),
            )


def handed_fields(
    entry: StageEntry, shared: Mapping[str, list[Value]], over: Sequence[str] | None = None
) -> list[str]:
    """Return the parameters that the records of a stage's axes give, of all of its axes or of some."""
    linked = linked_axes(axes_of(entry, shared))
    axes = entry.over if over is None else over
    return [field for axis in axes if axis in linked for field in fields_of(linked[axis])]


def example_values(entry: StageEntry, shared: Mapping[str, list[Value]]) -> dict[str, Any]:
    """Return one value of each axis of a stage, and of each field of its records."""
    axes = axes_of(entry, shared)
    found: dict[str, Any] = {}
    for records in linked_axes(axes).values():
        for record in records.values():
            found = {**record, **found}
    for point in entry.include:
        found = {**point, **found}
    return {**found, **{axis: values[0] for axis, values in axes.items() if values}}
