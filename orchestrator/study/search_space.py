"""Search spaces against the task's parameters, and grids as points."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from orchestrator.messages.problems import Keys, Problems, nearest, shown
from orchestrator.study.axis_values import MOST_POINTS
from orchestrator.study.parameters import check
from orchestrator.study.search import Range, Search

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.study.axis_values import Value
    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.study_file import StageEntry

_LARGEST_WHOLE = 2**53
"""Samplers compute with floating-point numbers, which tell no larger ones apart."""
_MOST_STEPS = 1_000_000
"""Beyond, Optuna does not find its own values on the steps again, for want of digits."""


def examples(search: Search) -> dict[str, Any]:
    """Return one allowed value for each searched parameter."""
    return {
        name: values.low if isinstance(values, Range) else values[0] for name, values in search.space.items()
    }


def expanded(
    points: Sequence[Mapping[str, Value]], search: Search | None, keys: Keys, problems: Problems
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
            problems.add(place, entry.lacks(name), nearest(name, names))
        elif name in entry.params or name in entry.over:
            other = "under `params:`" if name in entry.params else "as an axis"
            problems.add(place, f"`{name}` is given twice: here and {other}", "leave one of them out")
        else:
            for end, value in _ends(values):
                _check_value(task, name, value, (*place, end), problems)
            if isinstance(values, Range):
                _check_range(task, name, values, place, problems)
            elif len(set(map(repr, values))) < len(values):
                problems.add(place, f"`{shown(values)}` has a value twice", "remove one")


def _ends(values: list[Value] | Range) -> Iterator[tuple[str | int, Value]]:
    if isinstance(values, Range):
        yield from (("low", values.low), ("high", values.high))
    else:
        yield from enumerate(values)


def _check_range(task: TaskDescription, name: str, values: Range, keys: Keys, problems: Problems) -> None:
    """Note a range that no sampler can draw values of the parameter's type from."""
    drawn = typed(task, name, values)
    ends = (drawn.low, drawn.high)
    if any(isinstance(end, bool) or not isinstance(end, int | float) for end in ends):
        problems.add(
            keys, f"`{name}` takes no numbers, and a range has nothing else", "give a list of values"
        )
    elif all(isinstance(end, int) for end in ends):
        if drawn.step is not None and not float(drawn.step).is_integer():
            whole = f"`{name}` is a whole number, and {drawn.step} is none"
            problems.add((*keys, "step"), whole, "give a whole step, or leave it out")
        if any(abs(end) > _LARGEST_WHOLE for end in ends):
            message = f"whole numbers of a range lie between {-_LARGEST_WHOLE} and {_LARGEST_WHOLE}"
            problems.add(keys, message, "bring `low` and `high` nearer to 0")
    elif drawn.step is not None and max(map(abs, ends)) / drawn.step > _MOST_STEPS:
        message = f"`low` and `high` lie more than {_MOST_STEPS:,} steps of {drawn.step} from 0"
        problems.add((*keys, "step"), message, "leave `step` out, or give a larger one")


def _check_value(task: TaskDescription, name: str, value: Value, keys: Keys, problems: Problems) -> None:
    for mistake in check(task, {name: value})[1]:
        if mistake.keys[:1] == (name,):
            problems.add(keys, mistake.message, mistake.hint)


def typed(task: TaskDescription, name: str, values: Range) -> Range:
    """Return the range with ends of the parameter's type."""
    ends = {"low": _typed(task, name, values.low), "high": _typed(task, name, values.high)}
    return values.model_copy(update=ends)


def _typed(task: TaskDescription, name: str, value: Value) -> Any:
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(task.model.model_fields[name].annotation or Any)
        return adapter.dump_python(adapter.validate_python(value), mode="json")
    except ValueError:
        return value


def settled(search: Search, task: TaskDescription) -> Search:
    """Return the search with values of the parameters' types: whole ends of a number's range are no steps."""
    space: dict[str, list[Value] | Range] = {}
    for name, values in search.space.items():
        if name not in task.model.model_fields:
            space[name] = values
        elif isinstance(values, Range):
            space[name] = typed(task, name, values)
        else:
            space[name] = [_typed(task, name, value) for value in values]
    return search.model_copy(update={"space": space})
