"""The parameters of a stage's points: what each is given, what is chosen later, where a mistake is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import dotted, nearest, shown
from orchestrator.study import matrix, records
from orchestrator.study.command import PLACES, TASK
from orchestrator.study.command_checks import parameters
from orchestrator.study.parameters import check, unsteady
from orchestrator.study.searches.tree import at, chosen_in, every, examples_of, has, laid, without
from orchestrator.study.study import Point

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.messages.problems import Keys, Problems
    from orchestrator.messages.wording import Mistake
    from orchestrator.study.axis_values import Value
    from orchestrator.study.needs import Sources
    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.searches.tree import Choice
    from orchestrator.study.study_file import StageEntry

_NAMED_LIKE_AN_AXIS = "a parameter named like an axis of records is given the name: rename the axis"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDraft:
    """A stage of the file with what surrounds it."""

    name: str
    entry: StageEntry
    task: TaskDescription | None
    """None where it cannot be imported; that is told elsewhere."""
    axes: Mapping[str, Sequence[Value]]
    """Usable axes of the stage, in declared order; an empty one has the values of `include` alone."""
    linked: records.Linked
    """Those whose values are names of records."""
    shared: frozenset[str]
    """Axes that reach the whole study, not this stage alone."""
    keys: Keys


def point_of(draft: StageDraft, axes: Mapping[str, Any], sources: Sources, problems: Problems) -> Point:
    """Return one point with all its parameters, except those that a search or a best need sets.

    What is searched only beside some values has, beside the others, what it has where nothing is searched.
    """
    task = draft.task
    tried = draft.entry.search.seeds if draft.entry.search else None
    seed = axes.get("seed", tried[0] if tried else 0)
    point = Point(axes=dict(axes), seed=seed if isinstance(seed, int) else 0, params={})
    if task is None:
        return point
    given, inherited = _given(draft, axes, point.seed), sources.examples(axes)
    found = []
    for searched in _searched(draft.entry, axes):
        later = {**inherited, **searched}
        params, mistakes = check(task, _whole(draft.entry, given, later))
        found.append((searched, params))
        for mistake in mistakes:
            _tell(draft, mistake, axes, later, problems)
    return point.model_copy(update={"params": _settled(draft.entry, found, given, inherited)})


def _settled(
    entry: StageEntry,
    found: Sequence[tuple[Mapping[str, Any], dict[str, Any]]],
    given: Mapping[str, Any],
    inherited: Collection[str],
) -> dict[str, Any]:
    """Return the parameters that are known now; `found` are some choices, each with what follows from it."""
    params = dict(found[0][1])
    searched = entry.search.names if entry.search and not entry.search.is_grid else ()
    for name in (*inherited, *searched):
        idle = next((others for chosen, others in found if name not in chosen), None)
        if name not in inherited and idle is not None:
            params = _with_idle(entry.task, params, name, idle)
        elif not has(given, name):
            params = without(params, name)
    return params


def _with_idle(task: str, params: dict[str, Any], name: str, idle: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with one as it is where it is not searched, or without what that lies in."""
    if has(idle, name):
        return laid(task, params, {name: at(idle, name)})
    above = name.rpartition(".")[0]
    while above and not has(idle, above):
        above = above.rpartition(".")[0]
    if above and not isinstance(at(idle, above), dict):
        return laid(task, params, {above: at(idle, above)})
    return without(params, name)


def _given(draft: StageDraft, axes: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return the parameters that a point is given, but for what is searched."""
    entry = draft.entry
    reach = records.reachable(axes, draft.linked)
    searched = entry.search.names if entry.search else ()
    given = {name: matrix.substituted(value, reach) for name, value in entry.params.items()}
    given = {**records.linked_values(axes, draft.linked), **given}
    given |= {axis: value for axis, value in axes.items() if axis not in given and axis not in searched}
    given["seed"] = seed  # for a task that has such a parameter: it means the trial's
    if entry.described is not None:
        inside = {name: reach[name] for name in parameters(entry.described) if name in reach}
        inside = {name: value for name, value in inside.items() if name not in searched}
        given = {**inside, **given, TASK: entry.described.model_dump(mode="json")}
    return given


def _searched(entry: StageEntry, axes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a point of a grid has chosen, or allowed values of what will be, each branch in one."""
    if entry.search is None:
        return [{}]
    return [chosen_in(entry.search.space, axes)] if entry.search.is_grid else examples_of(entry.search.space)


def _whole(entry: StageEntry, given: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters; what is given goes before what is always searched: that is told elsewhere."""
    twice = {one.name for one in every(entry.search.space) if not one.where} if entry.search else set()
    free = {name: value for name, value in later.items() if name not in twice or not has(given, name)}
    return laid(entry.task, given, free)


def check_defaults(
    draft: StageDraft, combinations: Sequence[Mapping[str, Any]], sources: Sources, problems: Problems
) -> None:
    """Note defaults that are others each time they are made; one point shows it."""
    if draft.task is None or not combinations:
        return
    axes = combinations[0]
    given = _given(draft, axes, 0)
    later = {**sources.examples(axes), **_searched(draft.entry, axes)[0]}
    for mistake in unsteady(draft.task, _whole(draft.entry, given, later)):
        _tell(draft, mistake, combinations[0], later, problems)


def _tell(
    draft: StageDraft,
    mistake: Mistake,
    axes: Mapping[str, Any],
    later: Mapping[str, Any],
    problems: Problems,
) -> None:
    """Note what is wrong with a parameter at the place where it was written."""
    entry = draft.entry
    name = str(mistake.keys[0]) if mistake.keys else ""
    if name == "seed":
        message = f"parameter `seed` of `{entry.task}` is given the trial's seed: {mistake.message}"
        problems.add((*draft.keys, "task"), message, "let it take whole numbers from 0 on")
    elif searched := _searched_at(entry, mistake.keys):
        _tell_searched(draft, mistake, searched, later, problems)
    elif name in entry.params:
        if matrix.referred(entry.params[name]) - records.reachable(axes, draft.linked).keys():
            return  # told by `_check_references`
        problems.add((*draft.keys, "params", *mistake.keys), mistake.message, mistake.hint)
    elif name in draft.axes:
        hint = _NAMED_LIKE_AN_AXIS if name in draft.linked else mistake.hint
        problems.add(_axis_place(draft, name, axes[name]), mistake.message, hint)
    elif axis := records.giver(name, axes, draft.linked):
        problems.add((*_axis_place(draft, axis, axes[axis]), *mistake.keys), mistake.message, mistake.hint)
    elif name in entry.over:
        return  # the axis itself is wrong, which is told where it stands
    elif name in axes or not mistake.keys:
        place = "params" if entry.params else "task"
        problems.add((*draft.keys, place), mistake.message, mistake.hint)
    elif mistake.message.endswith("is missing") and entry.command:
        hint = f"add `{name}:` under `params:`, or an axis `{name}` to `over:`"
        offered = [*entry.over, *entry.params, *PLACES]
        problems.add((*draft.keys, "command"), f"`${{{name}}}` has no value", nearest(name, offered, hint))
    elif mistake.message.endswith("is missing"):
        hint = f"add `{name}:` under `params:`, or an axis `{name}` to `over:`"
        where = dotted(mistake.keys)
        problems.add(draft.keys, f"parameter `{where}` of `{entry.task}` is missing", hint)
    elif name in later:
        problems.add((*draft.keys, "needs"), f"parameter `{name}` comes from a need: {mistake.message}")
    else:
        where = dotted(mistake.keys)
        message = f"parameter `{where}` of `{entry.task}`: {mistake.message}"
        problems.add((*draft.keys, "task"), message, mistake.hint)


def _searched_at(entry: StageEntry, keys: Keys) -> list[Choice]:
    """Return what is searched at a place among the parameters, or around it."""
    place = dotted(keys)
    found = every(entry.search.space) if entry.search else []
    return [one for one in found if place == one.name or place.startswith((f"{one.name}.", f"{one.name}["))]


def _tell_searched(
    draft: StageDraft,
    mistake: Mistake,
    searched: Sequence[Choice],
    later: Mapping[str, Any],
    problems: Problems,
) -> None:
    """Note that something searched has no value where it is not; wrong values are told by `check_space`."""
    one = searched[0]
    if one.name in later or not mistake.message.endswith("is missing"):
        return
    beside = next((above for above, _ in one.where if above in later), "")
    problems.add(
        (*draft.keys, "search", "space", *one.keys),
        f"`{one.name}` has no value where `{beside}` is `{shown(later.get(beside))}`",
        "write one under `params:`, give it a default in the task, or search it there too",
    )


def _axis_place(draft: StageDraft, axis: str, value: Any) -> Keys:
    """Return where a value of an axis is written."""
    keys: Keys = ("axes", axis) if axis in draft.shared else (*draft.keys, "axes", axis)
    if records.record_of(axis, {axis: value}, draft.linked):
        return (*keys, value)
    same = matrix.comparable(value)
    for index, other in enumerate(draft.axes[axis]):
        if matrix.comparable(other) == same:
            return (*keys, index)
    for index, point in enumerate(draft.entry.include):
        if axis in point and matrix.comparable(point[axis]) == same:
            return (*draft.keys, "include", index, axis)
    return draft.keys
