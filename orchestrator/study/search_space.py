"""Search spaces against the task's parameters, and grids as points."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from orchestrator.messages.problems import Keys, Problems, nearest, shown
from orchestrator.study.matrix import MOST_POINTS
from orchestrator.study.parameters import check
from orchestrator.study.study_file import Range, Search

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.study_file import Scalar, StageEntry


def examples(search: Search) -> dict[str, Any]:
    """Return one allowed value for each searched parameter."""
    return {
        name: values.low if isinstance(values, Range) else values[0] for name, values in search.space.items()
    }


def expanded(
    points: Sequence[Mapping[str, Scalar]], search: Search | None, keys: Keys, problems: Problems
) -> list[dict[str, Any]]:
    """Return the points, each once for every combination of a grid search; note a grid that is too large."""
    if search is None or search.sampler != "grid":
        return [dict(point) for point in points]
    names = list(search.space)
    columns = [values for values in search.space.values() if isinstance(values, list)]
    count = math.prod(map(len, columns)) * len(points)
    if count > MOST_POINTS:
        message = f"the grid has {count:,} trials, and at most {MOST_POINTS:,} are trained"
        problems.add((*keys, "search", "space"), message, "take sampler `random` or `tpe`")
        return []
    return [
        {**point, **dict(zip(names, combination, strict=True))}
        for point in points
        for combination in itertools.product(*columns)
    ]


def check_space(entry: StageEntry, task: TaskDescription, keys: Keys, problems: Problems) -> None:
    """Note searched names that the task does not have or that are fixed, and values it refuses."""
    if entry.search is None:
        return
    names = list(task.model.model_fields)
    for name, values in entry.search.space.items():
        place = (*keys, "search", "space", name)
        if name not in names:
            problems.add(place, f"`{entry.task}` has no parameter `{name}`", nearest(name, names))
        elif name in entry.params or name in entry.over:
            other = "under `params:`" if name in entry.params else "as an axis"
            problems.add(place, f"`{name}` is given twice: here and {other}", "leave one of them out")
        else:
            for end, value in _ends(values):
                _check_value(task, name, value, (*place, end), problems)
            if isinstance(values, list) and len(set(map(repr, values))) < len(values):
                problems.add(place, f"`{shown(values)}` has a value twice", "remove one")


def _ends(values: list[Scalar] | Range) -> Iterator[tuple[str | int, Scalar]]:
    if isinstance(values, Range):
        yield from (("low", values.low), ("high", values.high))
    else:
        yield from enumerate(values)


def _check_value(task: TaskDescription, name: str, value: Scalar, keys: Keys, problems: Problems) -> None:
    for mistake in check(task, {name: value})[1]:
        if mistake.keys[:1] == (name,):
            problems.add(keys, mistake.message, mistake.hint)


def settled(search: Search, task: TaskDescription) -> Search:
    """Return the search with values of the parameters' types: whole ends of a number's range are no steps."""
    fields = task.model.model_fields

    def typed(name: str, value: Scalar) -> Any:
        try:
            adapter: TypeAdapter[Any] = TypeAdapter(fields[name].annotation or Any)
            return adapter.dump_python(adapter.validate_python(value), mode="json")
        except ValueError:
            return value

    space: dict[str, list[Scalar] | Range] = {}
    for name, values in search.space.items():
        if name not in fields:
            space[name] = values
        elif isinstance(values, Range):
            ends = {"low": typed(name, values.low), "high": typed(name, values.high)}
            space[name] = values.model_copy(update=ends)
        else:
            space[name] = [typed(name, value) for value in values]
    return search.model_copy(update={"space": space})
