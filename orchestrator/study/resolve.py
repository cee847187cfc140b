"""From a checked study file to the study that workers see: every point with all its parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import Keys, Problems, listed, nearest
from orchestrator.study import matrix, records
from orchestrator.study.command import TASK
from orchestrator.study.command_checks import (
    check_command,
    check_guesses,
    guessed_references,
    task_of,
)
from orchestrator.study.joins import check_joins
from orchestrator.study.needs import Sources, check_luck, edges, ordered
from orchestrator.study.other_words import elsewhere
from orchestrator.study.point_parameters import StageDraft, check_defaults, point_of
from orchestrator.study.point_shapes import check_lockstep, check_nodes, with_shapes
from orchestrator.study.ranks import check_ranks, with_ranks
from orchestrator.study.references import wrong_references
from orchestrator.study.searches.constraint_checks import check_constraints, check_enqueued, meets
from orchestrator.study.searches.sampler_limits import check_sampler, doubt_sampler
from orchestrator.study.searches.search_checks import check_search, doubt_search
from orchestrator.study.searches.space_checks import check_space, expanded, settled
from orchestrator.study.searches.tree import chosen_in, every
from orchestrator.study.shape_entry import ShapeEntry
from orchestrator.study.study import Point, Stage, Study
from orchestrator.study.wrong_guesses import key_of_the_stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.study.axis_values import Value
    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.searches.search import Search
    from orchestrator.study.shape import Shape
    from orchestrator.study.study import Edge
    from orchestrator.study.study_file import StudyFile


_SEED = "the seed is an axis: write `seed: [0]` under `axes:` and `seed` in `over:`"


def resolve(
    file: StudyFile,
    tasks: Mapping[str, TaskDescription],
    problems: Problems,
    broken: frozenset[Keys] = frozenset(),
) -> Study | None:
    """Return the study, or None where anything is wrong with it: `problems` then says all of it.

    `tasks` lacks those that cannot be imported, and `broken` names axes, shapes and stages that are in
    the file but were left out because something else is wrong with them: neither is told again.
    """
    before = len(problems.found)
    matrix.check_axes(file.axes, ("axes",), problems, matrix.zipped_axes(*file.stages.values()))
    order = ordered(file, broken, problems)
    stages = []
    sound: dict[str, bool] = {}
    for name in order:
        noted = len(problems.found)
        draft = _draft(name, file, tasks, broken, problems)
        stages.append(_stage(draft, file, broken, problems))
        complete = all(need.stage in file.stages for need in draft.entry.needs.values())
        seeds = all(map(matrix.is_seed, draft.axes.get("seed", ())))
        sound[name] = complete and draft.task is not None and seeds and len(problems.found) == noted
    check_joins(stages, sound, problems)
    return None if len(problems.found) > before else Study(name=file.study, stages=tuple(stages))


def doubts(file: StudyFile, warnings: Problems) -> None:
    """Note what is not wrong but hardly meant: axes, shapes and conditions that change nothing."""
    over = {axis for entry in file.stages.values() for axis in entry.over}
    shapes = {entry.shape for entry in file.stages.values()}
    for axis in file.axes:
        if axis not in over:
            warnings.add(("axes", axis), f"no stage is over axis `{axis}`", "name it in `over:` or remove it")
    for shape in file.shapes:
        if shape not in shapes:
            hint = "name it in `shape:` or remove it"
            warnings.add(("shapes", shape), f"no stage has shape `{shape}`", hint)
    check_luck(file, warnings)
    for name, entry in file.stages.items():
        check_guesses(entry, ("stages", name), warnings)
        if entry.search is not None:
            doubt_sampler(entry.search, ("stages", name, "search"), warnings)
        doubt_search(entry, ("stages", name), warnings)
        matrix.check_values(entry, records.axes_of(entry, file.axes), ("stages", name), warnings)


def _draft(
    name: str,
    file: StudyFile,
    tasks: Mapping[str, TaskDescription],
    broken: frozenset[Keys],
    problems: Problems,
) -> StageDraft:
    """Return the stage with its axes, noting axes that do not exist."""
    entry, keys = file.stages[name], ("stages", name)
    axes, zipped = records.axes_of(entry, file.axes), matrix.zipped_axes(entry)
    own = {axis: values for axis, values in entry.axes.items() if axis in entry.over}
    matrix.check_axes(own, (*keys, "axes"), problems, zipped)
    listed: dict[str, list[Value]] = {
        axis: [] for point in entry.include for axis in point if ("axes", axis) not in broken
    }
    for index, axis in enumerate(entry.over):
        if axis in entry.over[:index]:
            problems.add((*keys, "over", index), f"axis `{axis}` is named twice", "name it once")
        elif axis not in {**axes, **listed} and ("axes", axis) not in broken:
            problems.add((*keys, "over", index), f"there is no axis `{axis}`", nearest(axis, axes))
    usable = {axis: values for axis, values in {**listed, **axes}.items() if axis in entry.over}
    in_order = {axis: usable[axis] for axis in entry.over if axis in usable}
    return StageDraft(
        name=name,
        entry=entry,
        task=task_of(entry, tasks),
        axes={
            axis: values if axis in zipped else matrix.distinct(values) for axis, values in in_order.items()
        },
        linked=records.linked_axes(usable),
        shared=frozenset(file.axes),
        keys=keys,
    )


def _stage(draft: StageDraft, file: StudyFile, broken: frozenset[Keys], problems: Problems) -> Stage:
    entry, keys, task = draft.entry, draft.keys, draft.task
    needs = edges(draft.name, file, task, broken, problems)
    sources = Sources(file=file, stage=draft.name, edges=needs)
    bare = with_ranks(matrix.points(entry, draft.axes, keys, problems), entry)
    check_ranks(entry, keys, problems)
    check_search(entry, task, keys, problems)
    _check_references(draft, file, problems)
    check_command(entry, keys, problems, {"seed", *sources.joined_axes()})
    search = entry.search
    if task is not None:
        _check_names(draft, sources, problems)
        check_space(entry, task, keys, problems)
        if search is not None:
            search = settled(search, task)
            draft = replace(draft, entry=entry.model_copy(update={"search": search}))
    combinations = expanded(bare, search, keys, problems)
    noted = len(problems.found)
    points = tuple(point_of(draft, axes, sources, problems) for axes in combinations)
    if search is not None and task is not None and len(problems.found) == noted:
        points = _searched(draft, search, points, needs, problems)
    check_defaults(draft, combinations, sources, problems)
    shape, points = _shaped(draft, points, file, broken, problems)
    shapes = [shape, *(point.shape for point in points)]
    check_nodes(entry, shapes, keys, problems)
    check_lockstep(entry, task, shapes, problems)
    return Stage(
        name=draft.name,
        task=entry.task,
        version=task.version if task else 0,
        shape=shape,
        shape_name=entry.shape,
        points=points,
        needs=needs,
        search=search if search and not search.is_grid else None,
        keep=tuple(entry.keep),
    )


def _searched(
    draft: StageDraft,
    search: Search,
    points: tuple[Point, ...],
    needs: Sequence[Edge],
    problems: Problems,
) -> tuple[Point, ...]:
    """Return the points of a stage that has a search: those of a grid that meet its constraints."""
    keys = (*draft.keys, "search")
    check_sampler(search, keys, problems)
    check_enqueued(search, keys, problems)
    if not search.is_grid:
        later = [name for edge in needs for name in edge.inherits]
        check_constraints(search, points, later, keys, problems)
        return points
    noted = len(problems.found)
    check_constraints(search, points[:1], [], keys, problems, grid=True)  # their names
    if len(problems.found) > noted or not search.constraints:
        return points
    met = tuple(point for point in points if meets(search, point.params, chosen_in(search.space, point.axes)))
    if points and not met:
        message = f"no point of the grid meets {listed(search.constraints)}"
        problems.add((*keys, "constraints"), message, "loosen them, or add values to `space:`")
    return met


def _shaped(
    draft: StageDraft, points: tuple[Point, ...], file: StudyFile, broken: frozenset[Keys], problems: Problems
) -> tuple[Shape, tuple[Point, ...]]:
    """Return the stage's shape, and its points, with shapes of their own where it refers to axes."""
    name = draft.entry.shape
    if name is not None and name not in file.shapes and ("shapes", name) not in broken:
        problems.add((*draft.keys, "shape"), f"there is no shape `{name}`", nearest(name, file.shapes))
    entry = file.shapes.get(name or "", ShapeEntry())
    if name is None or not entry.later:
        return entry.at({}), points
    for key, value in entry.later.items():
        this = f"stage `{draft.name}`"
        for wrong in _wrong_references(draft, value, file, this):
            problems.add(("shapes", name, key), *wrong)
    reaches = [records.reachable(point.axes, draft.linked) for point in points]
    return with_shapes(points, reaches, entry, ("shapes", name), problems)


def _check_references(draft: StageDraft, file: StudyFile, problems: Problems) -> None:
    for name, value in draft.entry.params.items():
        for wrong in _wrong_references(draft, value, file, "this stage"):
            problems.add((*draft.keys, "params", name), *wrong)


def _wrong_references(draft: StageDraft, value: Any, file: StudyFile, this: str) -> Iterator[tuple[str, str]]:
    entry, shared = draft.entry, file.axes
    return wrong_references(
        value, entry, draft.axes, draft.linked, shared=shared, stage=draft.name, this=this
    )


def _check_names(draft: StageDraft, sources: Sources, problems: Problems) -> None:
    """Note parameters the task does not have, those given twice, and axes that change nothing."""
    assert draft.task is not None
    entry, names = draft.entry, [name for name in draft.task.model.model_fields if name != TASK]
    meant = guessed_references(entry)
    for name in entry.params:
        place = (*draft.keys, "params", name)
        if name not in names and name in meant:
            continue  # told by `check_command`
        if name not in names and name in type(entry).model_fields:
            place, hint = key_of_the_stage(place, entry.params[name], problems)
            problems.add(place, entry.lacks(name), hint)
        elif name not in names:
            hint = _SEED if name == "seed" else nearest(name, names, elsewhere(name, entry.params[name]))
            problems.add(place, entry.lacks(name), hint)
        elif name == "seed":
            problems.add(place, "the parameter `seed` is the trial's seed", _SEED)
        elif name in entry.over:
            problems.add(
                place,
                f"`{name}` is given twice: here and as an axis",
                f"leave it out here, or out of `over:`; `--set axes.{name}=[VALUE]` sets the axis",
            )
    for one in every(entry.search.space) if entry.search and "seed" in names else ():
        if one.name == "seed":
            place = (*draft.keys, "search", "space", *one.keys)
            problems.add(place, "the parameter `seed` is the trial's seed", _SEED)
    records.check_linked(entry, draft.linked, names, draft.keys, problems)
    if not sources.complete:
        return
    used = {"seed", *names, *sources.joined_axes(), *records.used_axes(entry, draft.linked, names)}
    used |= {
        axis for name in [*names, *meant] if entry.command and (axis := records.axis_meant(name, entry.over))
    }
    for index, axis in enumerate(entry.over):
        if axis in draft.axes and axis not in used:
            problems.add(
                (*draft.keys, "over", index),
                f"axis `{axis}` changes nothing: {entry.lacks(axis)}, "
                f"and neither a need nor `${{{axis}}}` uses it",
                nearest(axis, dict.fromkeys([*names, "seed"])),
            )
