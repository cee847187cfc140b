"""The points of a stage: which combinations of its axes' values it has."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import Keys, Problems, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.study.study_file import Scalar, StageEntry

MOST_POINTS = 100_000
"""Of one stage, before `exclude`."""
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")


def points(
    entry: StageEntry, axes: Mapping[str, Sequence[Scalar]], keys: Keys, problems: Problems
) -> list[dict[str, Scalar]]:
    """Return the stage's points in declared order: product, zipped axes together, cut, then added to.

    `axes` has a value list for every axis that can be used; axes of `over` without one are left out.
    """
    over = [axis for axis in dict.fromkeys(entry.over) if axis in axes]
    groups = _groups(entry, over, axes, keys, problems)
    for index, cut in enumerate(entry.exclude):
        for axis in (axis for axis in cut if axis not in entry.over):
            _unknown(axis, entry, (*keys, "exclude", index, axis), problems)
    if not _countable(groups, axes, keys, problems):
        return []
    kept = [point for point in _product(groups, axes) if not _excluded(point, entry.exclude)]
    for index, given in enumerate(entry.include):
        if unknown := [axis for axis in given if axis not in entry.over]:
            _unknown(unknown[0], entry, (*keys, "include", index, unknown[0]), problems)
        else:
            values = {**axes, **{axis: [value] for axis, value in given.items()}}
            kept.extend(_product([[axis] for axis in over], values))
    if not kept:
        problems.add(keys, "the stage has no point: `exclude` cuts all of them", "cut fewer points")
    return kept


def _unknown(axis: str, entry: StageEntry, keys: Keys, problems: Problems) -> None:
    problems.add(keys, f"`{axis}` is not an axis of this stage", nearest(axis, entry.over))


def _groups(
    entry: StageEntry,
    over: Sequence[str],
    axes: Mapping[str, Sequence[Scalar]],
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
        lengths = {axis: len(axes[axis]) for axis in zipped}
        if len(set(lengths.values())) > 1:
            counts = ", ".join(f"`{axis}` has {length}" for axis, length in lengths.items())
            problems.add(here, f"zipped axes differ in length: {counts}", "make them equal")
            continue
        if any([axis] not in groups for axis in zipped) or len(set(zipped)) < len(zipped):
            problems.add(here, "an axis is zipped twice", "name each axis in one group only")
            continue
        groups[groups.index([min(zipped, key=over.index)])] = zipped
        groups = [group for group in groups if group == zipped or group[0] not in zipped]
    return groups


def _countable(
    groups: Sequence[Sequence[str]], axes: Mapping[str, Sequence[Scalar]], keys: Keys, problems: Problems
) -> bool:
    """Say whether the product is one that can be listed, and note where it is not."""
    count = math.prod(len(axes[group[0]]) for group in groups)
    if count > MOST_POINTS:
        counts = ", ".join(f"`{group[0]}` has {len(axes[group[0]])}" for group in groups)
        message = f"the stage has {count:,} points, and at most {MOST_POINTS:,} are trained: {counts}"
        problems.add((*keys, "over"), message, "shorten an axis, `zip` two of them, or search")
    return count <= MOST_POINTS


def _product(
    groups: Sequence[Sequence[str]], axes: Mapping[str, Sequence[Scalar]]
) -> list[dict[str, Scalar]]:
    order = [axis for group in groups for axis in group]
    columns = [list(zip(*(axes[axis] for axis in group), strict=True)) for group in groups]
    return [
        dict(zip(order, itertools.chain.from_iterable(row), strict=True))
        for row in itertools.product(*columns)
    ]


def _excluded(point: Mapping[str, Scalar], exclude: Sequence[Mapping[str, Scalar | list[Scalar]]]) -> bool:
    return any(
        all(axis in point and is_among(point[axis], wanted) for axis, wanted in cut.items())
        for cut in exclude
    )


def comparable(value: Any) -> tuple[bool, Any]:
    """Return what is equal only where two values are the same to a study; `1` and `true` are not."""
    return isinstance(value, bool), value


def is_among(value: Scalar, wanted: Scalar | Sequence[Scalar]) -> bool:
    """Say whether an axis value is the wanted one, or one of several; `1` and `true` are different."""
    choices = wanted if isinstance(wanted, list) else [wanted]
    return any(comparable(value) == comparable(choice) for choice in choices)


def _conditions(entry: StageEntry, keys: Keys) -> Iterator[tuple[Keys, str, Scalar | list[Scalar]]]:
    """Give every condition on an axis: where it stands, the axis, the wanted value or values."""
    for index, cut in enumerate(entry.exclude):
        for axis, wanted in cut.items():
            yield (*keys, "exclude", index, axis), axis, wanted
    for name, need in entry.needs.items():
        for axis, wanted in need.when.items():
            yield (*keys, "needs", name, "when", axis), axis, wanted


def check_values(
    entry: StageEntry, axes: Mapping[str, Sequence[Scalar]], keys: Keys, warnings: Problems
) -> None:
    """Note conditions on values that no point has.

    Only a warning: an axis may have been narrowed, by `--set` or by a study that extends this one.
    """
    for place, axis, wanted in _conditions(entry, keys):
        possible = [*axes.get(axis, ()), *(point[axis] for point in entry.include if axis in point)]
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if possible and not is_among(value, possible):
                warnings.add(
                    place,
                    f"no point has the value `{shown(value)}` of axis `{axis}`",
                    nearest(value, possible),
                )


def distinct(values: Sequence[Scalar]) -> list[Scalar]:
    """Return the values without repetitions, in their order."""
    first: dict[tuple[bool, Scalar], Scalar] = {}
    for value in values:
        first.setdefault(comparable(value), value)
    return list(first.values())


def referred(value: Any) -> set[str]:
    """Return the axes that a parameter's value refers to."""
    if isinstance(value, str):
        return set(_REFERENCE.findall(value))
    if isinstance(value, dict):
        return set().union(*(referred(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(referred(item) for item in value))
    return set()


def substituted(value: Any, point: Mapping[str, Scalar]) -> Any:
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


def check_axes(axes: Mapping[str, Sequence[Scalar]], keys: Keys, problems: Problems) -> None:
    """Note values given twice, and seeds that are no seeds."""
    for axis, values in axes.items():
        seen: set[tuple[bool, Scalar]] = set()
        for index, value in enumerate(values):
            if comparable(value) in seen:
                problems.add(
                    (*keys, axis, index), f"axis `{axis}` has the value `{shown(value)}` twice", "remove one"
                )
            seen.add(comparable(value))
            if axis == "seed" and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
                problems.add(
                    (*keys, axis, index),
                    f"seed `{shown(value)}` is not a whole number from 0 on",
                    "write for example `seed: [0, 1, 2]`",
                )
