"""Split samples of known classes into train, validation and test, each class in each part if possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.data import split
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def three_parts(
    classes: Mapping[str, int], *, share: float, stratify: bool, seed: int
) -> dict[str, list[str]]:
    """Hold out `share` of the names as `val`, as many as `test`, and the rest is `train`.

    classes: name -> its class. With `stratify` each part has the classes in the proportions of the whole as
    nearly as whole pictures allow, and at least one of each class that has three. Raises DatasetError for
    fewer than three names. 228 names at 0.1 give 184, 22 and 22, the sizes of the ELFW report.
    """
    order = split.permutation(list(classes), seed=seed)
    size = max(1, int(share * len(order)))
    if len(order) <= 2 * size:
        raise DatasetError(f"{len(order)} names are too few to hold out {share:g} of them twice")
    if not stratify:
        return {"train": order[2 * size :], "val": order[size : 2 * size], "test": order[:size]}
    test = _drawn(order, classes, size, leave=2)
    without_test = _without(order, test)
    val = _drawn(without_test, classes, size, leave=1)
    return {"train": _without(without_test, val), "val": val, "test": test}


def _drawn(order: Sequence[str], classes: Mapping[str, int], size: int, *, leave: int) -> list[str]:
    """Return `size` names, the first of each class; a class gives its last `leave` names only at need."""
    groups: dict[int, list[str]] = {}
    for name in order:
        groups.setdefault(classes[name], []).append(name)
    rich = [label for label, names in groups.items() if len(names) > leave]
    counts = dict.fromkeys(groups, 0)
    if len(rich) <= size:
        counts |= dict.fromkeys(rich, 1)

    def want(label: int) -> tuple[bool, float, int]:
        spare = len(groups[label]) - counts[label]
        return spare > leave, len(groups[label]) * size / len(order) - counts[label], -label

    while sum(counts.values()) < size:
        counts[max((label for label in groups if counts[label] < len(groups[label])), key=want)] += 1
    return [name for label in sorted(groups) for name in groups[label][: counts[label]]]


def _without(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    gone = set(taken)
    return [name for name in names if name not in gone]
