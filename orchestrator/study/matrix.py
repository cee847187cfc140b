"""The points of a stage: which combinations of its axes' values it has."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import Keys, Problems, listed, nearest, shown
from orchestrator.study.axis_values import MOST_POINTS
from orchestrator.study.sample import MOST_DRAWN_FROM, sampled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from orchestrator.study.axis_values import Value
    from orchestrator.study.study_file import StageEntry

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")


def points(
    entry: StageEntry, axes: Mapping[str, Sequence[Value]], keys: Keys, problems: Problems
) -> list[dict[str, Value]]:
    """Return the stage's points in declared order: product, zipped axes together, cut, then added to.

    `axes` has a value list for every axis that can be used, an empty one where `include` alone gives values:
    such a stage has the included points and no others. Axes of `over` that are not in `axes` are left out.
    """
    over = [axis for axis in dict.fromkeys(entry.over) if axis in axes]
    groups = _groups(entry, over, axes, keys, problems)
    for index, cut in enumerate(entry.exclude):
        for axis in (axis for axis in cut if axis not in entry.over):
            _unknown(axis, entry, (*keys, "exclude", index, axis), problems)
    if not _countable(entry, groups, axes, keys, problems):
        return []
    multiplied = () if entry.lists_points else _product(groups, axes)
    left = (point for point in multiplied if not _excluded(point, entry.exclude))
    kept = list(left) if entry.sample is None else sampled(left, entry.sample, keys, problems)
    for index, given in enumerate(entry.include):
        here = (*keys, "include", index)
        if unknown := [axis for axis in given if axis not in entry.over]:
            _unknown(unknown[0], entry, (*here, unknown[0]), problems)
        elif open_ := [axis for axis in over if not axes[axis] and axis not in given]:
            message = f"the point has no value of axis `{open_[0]}`, which has none under `axes:` either"
            problems.add(here, message, f"add `{open_[0]}: VALUE` to the point")
        else:
            kept.extend(_included(given, groups, axes))
    if not kept and not entry.include and entry.sample is None:
        problems.add(keys, "the stage has no point: `exclude` cuts all of them", "cut fewer points")
    return kept


def _included(
    given: Mapping[str, Value], groups: Sequence[Sequence[str]], axes: Mapping[str, Sequence[Value]]
) -> Iterator[dict[str, Value]]:
    """Give the points of an entry of `include`: axes that it does not name have all their values.

    Zipped axes stay together where it names none of them.
    """
    values = {axis: [given[axis]] if axis in given else axes[axis] for axis in axes}
    apart = [group for group in groups if given.keys() & set(group)]
    values |= {axis: distinct(values[axis]) for group in apart for axis in group}
    singly = [
        part for group in groups for part in ([[axis] for axis in group] if group in apart else [group])
    ]
    return _product(singly, values)


def _unknown(axis: str, entry: StageEntry, keys: Keys, problems: Problems) -> None:
    problems.add(keys, f"`{axis}` is not an axis of this stage", nearest(axis, entry.over))


def _groups(
    entry: StageEntry,
    over: Sequence[str],
    axes: Mapping[str, Sequence[Value]],
    keys: Keys,
    problems: Problems,
) -> list[list[str]]:
    """Return the axes of the stage in declared order, those zipped together in one group."""
    groups: list[list[str]] = [[axis] for axis in over]
    for index, zipped in enumerate(entry.zip):
        here = (*keys, "zip", index)
        if unknown := [axis for axis in zipped if axis not in entry.over]:
            _unknown(unknown[0], entry, here, problems)
            continue
        if any(axis not in axes for axis in zipped):
            continue
        if not all(axes[axis] for axis in zipped):
            continue  # the points are listed
        lengths = {axis: len(axes[axis]) for axis in zipped}
        if len(set(lengths.values())) > 1:
            counts = ", ".join(f"`{axis}` has {length}" for axis, length in lengths.items())
            problems.add(here, f"zipped axes differ in length: {counts}", "make them equal")
            continue
        if any([axis] not in groups for axis in zipped) or len(set(zipped)) < len(zipped):
            problems.add(here, "an axis is zipped twice", "name each axis in one group only")
            continue
        if (row := _repeated(zipped, axes)) is not None:
            problems.add(here, f"zipped axes have the values {shown(row)} twice", "remove one")
        groups[groups.index([min(zipped, key=over.index)])] = zipped
        groups = [group for group in groups if group == zipped or group[0] not in zipped]
    return groups


def _repeated(zipped: Sequence[str], axes: Mapping[str, Sequence[Value]]) -> dict[str, Value] | None:
    """Return the first values that zipped axes have together twice."""
    seen: set[tuple[tuple[bool, Any], ...]] = set()
    for row in zip(*(axes[axis] for axis in zipped), strict=True):
        key = tuple(map(comparable, row))
        if key in seen:
            return dict(zip(zipped, row, strict=True))
        seen.add(key)
    return None


def _countable(
    entry: StageEntry,
    groups: Sequence[Sequence[str]],
    axes: Mapping[str, Sequence[Value]],
    keys: Keys,
    problems: Problems,
) -> bool:
    """Say whether the product is one that can be listed, or drawn from, and note where it is not."""
    count = math.prod(len(axes[group[0]]) for group in groups)
    most, done = (MOST_POINTS, "trained") if entry.sample is None else (MOST_DRAWN_FROM, "drawn from")
    if count > most:
        counts = ", ".join(f"`{group[0]}` has {len(axes[group[0]])}" for group in groups)
        message = f"the stage has {count:,} points, and at most {most:,} are {done}: {counts}"
        hint = "shorten an axis, `zip` two of them, or search"
        problems.add((*keys, "over"), message, hint if entry.sample else f"{hint}; `sample: 20` draws some")
    return count <= most


def _product(
    groups: Sequence[Sequence[str]], axes: Mapping[str, Sequence[Value]]
) -> Iterator[dict[str, Value]]:
    order = [axis for group in groups for axis in group]
    columns = [list(zip(*(axes[axis] for axis in group), strict=True)) for group in groups]
    for row in itertools.product(*columns):
        yield dict(zip(order, itertools.chain.from_iterable(row), strict=True))


def _excluded(point: Mapping[str, Value], exclude: Sequence[Mapping[str, Value]]) -> bool:
    return any(
        all(axis in point and is_among(point[axis], wanted) for axis, wanted in cut.items())
        for cut in exclude
    )


def comparable(value: Any) -> tuple[bool, Any]:
    """Return what is equal only where two values are the same to a study, and can be a key.

    `1` and `true` are not the same, nor are `[1]` and `[true]`; the order of a mapping's keys is no matter.
    """
    if isinstance(value, list | tuple):
        return False, tuple(map(comparable, value))
    if isinstance(value, dict):
        return False, frozenset((key, comparable(part)) for key, part in value.items())
    return isinstance(value, bool), value


def is_among(value: Value, wanted: Value | Sequence[Value]) -> bool:
    """Say whether an axis value is the wanted one, or one of several; `1` and `true` are different.

    A list is wanted as a whole by a value that equals it: `[64, 64]` means `[[64, 64]]` there.
    """
    choices = [wanted, *wanted] if isinstance(wanted, list) else [wanted]
    return any(comparable(value) == comparable(choice) for choice in choices)


def _conditions(entry: StageEntry, keys: Keys) -> Iterator[tuple[Keys, str, Value]]:
    """Give every condition on an axis: where it stands, the axis, the wanted value or values."""
    for index, cut in enumerate(entry.exclude):
        for axis, wanted in cut.items():
            yield (*keys, "exclude", index, axis), axis, wanted
    for name, need in entry.needs.items():
        for axis, wanted in need.when.items():
            yield (*keys, "needs", name, "when", axis), axis, wanted


def check_values(
    entry: StageEntry, axes: Mapping[str, Sequence[Value]], keys: Keys, warnings: Problems
) -> None:
    """Note conditions on values that no point has.

    Only a warning: an axis may have been narrowed, by `--set` or by a study that extends this one.
    """
    for place, axis, wanted in _conditions(entry, keys):
        possible = [*axes.get(axis, ()), *(point[axis] for point in entry.include if axis in point)]
        known = set(map(comparable, possible))
        if not possible or comparable(wanted) in known:
            continue
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if comparable(value) not in known:
                warnings.add(
                    place,
                    f"no point has the value `{shown(value)}` of axis `{axis}`",
                    nearest(value, possible),
                )


def distinct(values: Sequence[Value]) -> list[Value]:
    """Return the values without repetitions, in their order."""
    first: dict[tuple[bool, Any], Value] = {}
    for value in values:
        first.setdefault(comparable(value), value)
    return list(first.values())


def referred(value: Any) -> set[str]:
    """Return the axes that a parameter's value refers to."""
    if isinstance(value, str):
        return set(_REFERENCE.findall(value))
    if isinstance(value, dict):
        return set().union(*(referred(item) for item in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(referred(item) for item in value))
    return set()


def substituted(value: Any, point: Mapping[str, Value]) -> Any:
    """Return the value with every `${axis}` replaced.

    A reference alone keeps the axis value's type, one inside a text becomes text.
    References to axes the point does not have stay as they are.
    """
    if isinstance(value, str):
        if (whole := _REFERENCE.fullmatch(value)) and whole[1] in point:
            return point[whole[1]]
        return _REFERENCE.sub(lambda found: shown(point.get(found[1], found[0])), value)
    if isinstance(value, dict):
        return {key: substituted(item, point) for key, item in value.items()}
    if isinstance(value, list):
        return [substituted(item, point) for item in value]
    return value


def zipped_axes(*entries: StageEntry) -> set[str]:
    """Return the axes that are zipped in each of these stages that is over them: their values may repeat."""
    zipped = [{axis for group in entry.zip for axis in group} for entry in entries]
    apart = [set(entry.over) - own for entry, own in zip(entries, zipped, strict=True)]
    return set[str]().union(*zipped) - set[str]().union(*apart)


def check_axes(
    axes: Mapping[str, Sequence[Value]], keys: Keys, problems: Problems, may_repeat: Collection[str] = ()
) -> None:
    """Note values given twice, and seeds that are no seeds."""
    for axis, values in axes.items():
        seen: set[tuple[bool, Any]] = set()
        for index, value in enumerate(values):
            if comparable(value) in seen and axis not in may_repeat:
                problems.add(
                    (*keys, axis, index),
                    f"axis `{axis}` has the value `{shown(value)}` twice",
                    "remove one, or `zip` the axis with others in every stage that is over it",
                )
            seen.add(comparable(value))
    _check_seeds(axes.get("seed", ()), (*keys, "seed"), problems)


def _check_seeds(values: Sequence[Value], keys: Keys, problems: Problems) -> None:
    """Note seeds that are no seeds, all of them at once."""
    wrong = {index: value for index, value in enumerate(values) if not is_seed(value)}
    if not wrong:
        return
    several, first = len(wrong) > 1, next(iter(wrong))
    what = f"seed{'s' * several} {listed(wrong.values())} {'are' if several else 'is'}"
    if all(isinstance(value, str) and value.isdecimal() for value in wrong.values()):
        meant = shown([int(value) if isinstance(value, str) else value for value in values])
        hint = f"write `seed: {meant}`, without quotes"
        problems.add((*keys, first), f"{what} text, and a seed is a whole number from 0 on", hint)
    else:
        kind = "no whole numbers" if several else "not a whole number"
        problems.add((*keys, first), f"{what} {kind} from 0 on", "write for example `seed: [0, 1, 2]`")


def is_seed(value: Value) -> bool:
    """Say whether an axis value can be a seed."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
