"""Search spaces against the task's parameters, and grids as points."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter, ValidationError, create_model

from orchestrator.messages.problems import Keys, Problems, nearest, shown
from orchestrator.messages.wording import Mistake, mistakes
from orchestrator.study.axis_values import MOST_POINTS
from orchestrator.study.parameters import check
from orchestrator.study.part_type import NoPartError, type_at
from orchestrator.study.searches.space import Branches, Range, Space
from orchestrator.study.searches.tree import Choice, every, examples_of, has, product, size, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.study.axis_values import Value
    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.searches.search import Search
    from orchestrator.study.study_file import StageEntry

_LARGEST_WHOLE = 2**53
"""Samplers compute with floating-point numbers, which tell no larger ones apart."""
_MOST_STEPS = 1_000_000
"""Beyond, Optuna does not find its own values on the steps again, for want of digits."""


def examples(search: Search) -> dict[str, Any]:
    """Return one allowed value for each parameter that is searched beside the others."""
    return examples_of(search.space)[0]


def any_values(search: Search) -> dict[str, Any]:
    """Return one allowed value for each name that is searched, whatever it is searched with."""
    return {name: value for example in reversed(examples_of(search.space)) for name, value in example.items()}


def expanded(
    points: Sequence[Mapping[str, Value]], search: Search | None, keys: Keys, problems: Problems
) -> list[dict[str, Any]]:
    """Return the points, each once for every combination of a grid search; note a grid that is too large.

    What a combination does not search is null in its point: all points of a stage have the same axes.
    """
    if search is None or not search.is_grid:
        return [dict(point) for point in points]
    tree = tree_of(search.space)
    count = size(tree) * len(points)
    if count > MOST_POINTS:
        message = f"the grid has {count:,} trials, and at most {MOST_POINTS:,} are trained"
        problems.add((*keys, "search", "space"), message, "take sampler `random` or `tpe`")
        return []
    idle = dict.fromkeys(search.names)
    return [{**point, **idle, **combination} for point in points for combination in product(tree)]


def check_space(entry: StageEntry, task: TaskDescription, keys: Keys, problems: Problems) -> None:
    """Note searched names that the task does not have or that are fixed, and values it refuses."""
    for one in every(entry.search.space) if entry.search else ():
        place = (*keys, "search", "space", *one.keys)
        if (wrong := _no_place(entry, task, one.name)) or (wrong := _given_twice(entry, one)):
            problems.add(place, *wrong)
            continue
        for end, value in _ends(one):
            for mistake in _mistakes(task, one.name, value):
                problems.add((*place, end), mistake.message, mistake.hint)
        if isinstance(one.values, Range):
            _check_range(task, one.name, one.values, place, problems)
        elif len(set(map(repr, one.values))) < len(one.values):
            problems.add(place, f"`{shown(one.values)}` has a value twice", "remove one")


def _no_place(entry: StageEntry, task: TaskDescription, name: str) -> tuple[str, str] | None:
    """Return what to say of a name that is no parameter of the task, nor part of one."""
    names = list(task.model.model_fields)
    head, *rest = name.split(".")
    if name in names:
        return None
    if head not in names or entry.command:
        return entry.lacks(name), nearest(
            name, [".".join([known, *rest]) for known in names] if rest else names
        )
    try:
        type_at(task.model.model_fields[head].annotation, rest)
    except NoPartError as error:
        around = ".".join([head, *rest[: rest.index(error.part)]])
        if not error.names:
            return f"`{around}` of `{entry.task}` has no parts", f"search `{around}`"
        message = f"`{around}` of `{entry.task}` has no part `{error.part}`"
        return message, nearest(error.part, error.names, prefix=f"{around}.")
    whole = entry.params.get(head)
    if head in entry.params and not isinstance(whole, dict):
        return (
            f"`{head}` is given whole under `params:`, and `{name}` is a part of it",
            "leave one of them out",
        )
    return None


def _given_twice(entry: StageEntry, one: Choice) -> tuple[str, str] | None:
    """Return what to say of a parameter that is fixed and searched; beside other values it may be fixed."""
    if has(entry.params, one.name) and not one.where:
        return f"`{one.name}` is given twice: here and under `params:`", "leave one of them out"
    if one.name in entry.over:
        return f"`{one.name}` is given twice: here and as an axis", "leave one of them out"
    return None


def _ends(one: Choice) -> Iterator[tuple[str | int, Value]]:
    if isinstance(one.values, Range):
        yield from (("low", one.values.low), ("high", one.values.high))
    else:
        yield from ((str(value) if one.below else index, value) for index, value in enumerate(one.values))


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


def _mistakes(task: TaskDescription, name: str, value: Value) -> list[Mistake]:
    """Return why a parameter, or a part of one, does not take a value."""
    if name in task.model.model_fields:
        return [one for one in check(task, {name: value})[1] if one.keys[:1] == (name,)]
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(create_model("Part", value=(_type(task, name), ...)))
        adapter.validate_python({"value": value})
    except ValidationError as error:
        return mistakes(error, {"value": value}, BaseModel)
    except ValueError:
        return []
    return []


def takes(task: TaskDescription, name: str) -> bool:
    """Say whether a task has a parameter of this name, or that part of one."""
    head, *rest = name.split(".")
    fields = task.model.model_fields
    if name in fields or head not in fields:
        return name in fields
    try:
        type_at(fields[head].annotation, rest)
    except NoPartError:
        return False
    return True


def _type(task: TaskDescription, name: str) -> Any:
    """Return the type of a parameter or of a part of one; anything where nobody says."""
    head, *rest = [name] if name in task.model.model_fields else name.split(".")
    if head not in task.model.model_fields:
        return Any
    with contextlib.suppress(NoPartError):
        return type_at(task.model.model_fields[head].annotation or Any, rest)
    return Any


def typed(task: TaskDescription, name: str, values: Range) -> Range:
    """Return the range with ends of the parameter's type."""
    ends = {"low": _typed(task, name, values.low), "high": _typed(task, name, values.high)}
    return values.model_copy(update=ends)


def _typed(task: TaskDescription, name: str, value: Value) -> Any:
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(_type(task, name))
        return adapter.dump_python(adapter.validate_python(value), mode="json")
    except ValueError:
        return value


def settled(search: Search, task: TaskDescription) -> Search:
    """Return the search with values of the parameters' types: whole ends of a number's range are no steps."""
    points = [{name: _typed(task, name, value) for name, value in point.items()} for point in search.enqueue]
    return search.model_copy(update={"space": _settled(search.space, task), "enqueue": points})


def _settled(space: Space, task: TaskDescription) -> Space:
    found: Space = {}
    for name, parts in space.items():
        if isinstance(parts, Branches):
            inside: Any = {
                _typed(task, name, key): _settled(inner, task) for key, inner in parts.spaces.items()
            }
            found[name] = Branches.model_construct(root=inside)
        elif isinstance(parts, Range):
            found[name] = typed(task, name, parts)
        else:
            found[name] = [_typed(task, name, value) for value in parts]
    return found
