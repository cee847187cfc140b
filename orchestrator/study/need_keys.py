"""What `when`, `where`, `all` and `require` of a need say, and whether they can mean it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.problems import Keys, Problems, listed, nearest, shown
from orchestrator.study.matrix import referred
from orchestrator.study.objective import RANK
from orchestrator.study.ranks import tops

if TYPE_CHECKING:
    from orchestrator.study.objective import Best
    from orchestrator.study.study_file import Need, StageEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A need of the file with what surrounds it."""

    name: str
    need: Need
    entry: StageEntry
    """The stage that has it."""
    source: StageEntry
    """The stage that is needed."""
    keys: Keys


def is_asked(source: StageEntry) -> bool:
    """Say whether a stage is a search that asks as it goes; a grid is points like any others."""
    return source.search is not None and not source.search.is_grid


def axes_of(source: StageEntry) -> list[str]:
    """Return the axes of a stage and the parameters that it searches: what its trials differ in."""
    own = [*source.over, *([RANK] if tops(source) else [])]
    if source.search is not None:
        own += [*source.search.names, *(["seed"] if source.search.seeds else [])]
    return list(dict.fromkeys(own))


def searched_by(source: StageEntry) -> list[str]:
    """Return the parameters that a stage's search chooses trial by trial."""
    search = source.search
    return [name for name in search.names if name not in source.over] if search and is_asked(source) else []


def gathered_axes(need: Need, entry: StageEntry, source: StageEntry) -> tuple[str, ...] | None:
    """Return the axes over which a need gathers every trial; None where one trial is needed."""
    if need.all is None:
        return None
    if isinstance(need.all, list):
        return tuple(dict.fromkeys(need.all))
    given = {*entry.over, *need.where} - {*searched_by(source)}
    return tuple(axis for axis in axes_of(source) if axis not in given)


def check_conditions(
    need: Need, entry: StageEntry, source: StageEntry | None, keys: Keys, problems: Problems
) -> None:
    """Note axes in `when` that the stage does not have; one of the needed stage was meant as `where`."""
    for axis, wanted in need.when.items():
        if axis in entry.over:
            continue
        place = (*keys, "when", axis)
        if source is not None and axis in {*axes_of(source)} - {*searched_by(source)}:
            message = f"`{axis}` is an axis of `{need.stage}`, not of this stage"
            value = wanted[0] if isinstance(wanted, list) and wanted else wanted
            problems.add(place, message, f"write `where: {shown({axis: value})}`")
        else:
            problems.add(place, f"`{axis}` is not an axis of this stage", nearest(axis, entry.over))


def check_where(given: Written, best: Best | None, problems: Problems) -> None:
    """Note values that are given to what is no axis of the needed stage, or taken from none of one's own."""
    need, over = given.need, given.entry.over
    for axis, value in need.where.items():
        place = (*given.keys, "where", axis)
        if axis in searched_by(given.source):
            hint = f"take the best, or gather all with `all: [{axis}]`"
            problems.add(place, f"`{axis}` is chosen by the search of `{need.stage}`, trial by trial", hint)
        elif axis not in axes_of(given.source):
            hint = nearest(axis, axes_of(given.source))
            problems.add(place, f"`{axis}` is not an axis of stage `{need.stage}`", hint)
        for own in sorted(referred(value) - set(over)):
            problems.add(place, f"`${{{own}}}` is not an axis of this stage", nearest(own, over))
        if axis in (best.mean if best else need.all if isinstance(need.all, list) else ()):
            which = "mean" if best else "all"
            message = f"`{axis}` has one value here, and `{which}` is over all of its values"
            problems.add(place, message, f"leave it out here, or out of `{which}`")


def check_all(given: Written, problems: Problems) -> None:
    """Note an `all` that cannot be, and a `require` without one."""
    need, keys = given.need, given.keys
    if need.all is None:
        if need.require is not None:
            what = "`require` counts the trials of `all`, and there is no `all`"
            problems.add((*keys, "require"), what, "add `all: true`, or `all:` with a list of axes")
        return
    if need.best is not None:
        what = "`all` takes every trial and `best` one of them"
        problems.add((*keys, "all"), what, "leave one of the two out")
    if given.name == "data":
        what = "a need named `data` is one folder, that of `context.data`, and `all` takes several trials"
        problems.add((*keys, "all"), what, "give the need another name")
    if isinstance(need.all, list):
        _check_gathered_axes(given, need.all, problems)


def _check_gathered_axes(given: Written, axes: list[str], problems: Problems) -> None:
    """Note what is no axis of the needed stage, and what its search chooses and is not named."""
    known, stage = axes_of(given.source), given.need.stage
    for index, axis in enumerate(axes):
        if axis not in known:
            place = (*given.keys, "all", index)
            problems.add(place, f"`{axis}` is not an axis of stage `{stage}`", nearest(axis, known))
    if lacking := [name for name in searched_by(given.source) if name not in axes]:
        what = f"`{stage}` is a search with many trials, which differ in {listed(lacking)}"
        whole = shown([axis for axis in axes if axis in known] + lacking)
        problems.add((*given.keys, "all"), what, f"write `all: {whole}`, or `all: true`")
