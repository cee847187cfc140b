"""Choose and split samples by a seeded permutation of their sorted names, some by their classes too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence


def random_split(names: Sequence[str], *, seed: int, fraction: float = 0.9) -> tuple[list[str], list[str]]:
    """Return the first `fraction` of a seeded permutation and the rest; the order of `names` does not matter.

    The rounding gives the thesis's splits: 2,927 -> 2,634/293, 2,330 -> 2,097/233, 12,000 -> 10,800/1,200.
    """
    if not 0 < fraction < 1:
        raise DatasetError(f"a split needs a fraction between 0 and 1, found {fraction}")
    order = permutation(names, seed=seed)
    cut = round(fraction * len(order))
    if cut in {0, len(order)}:
        raise DatasetError(f"{len(order)} names are too few to split {fraction:g} to {1 - fraction:g}")
    return order[:cut], order[cut:]


def k_fold(names: Sequence[str], *, fold: int, folds: int, seed: int) -> tuple[list[str], list[str]]:
    """Return the names outside and inside one of `folds` parts of a seeded permutation, `fold` from 0.

    The parts differ by one name at most, and every name is inside exactly one.
    """
    if not 2 <= folds <= len(names):
        raise DatasetError(f"{len(names)} names cannot be cut into {folds} folds\nhint: 2 to {len(names)}")
    if not 0 <= fold < folds:
        raise DatasetError(f"there is no fold {fold} of {folds}\nhint: folds count from 0 to {folds - 1}")
    order = permutation(names, seed=seed)
    inside = order[fold::folds]
    held = set(inside)
    return [name for name in order if name not in held], inside


def split_parts(
    names: Sequence[str],
    shares: Mapping[str, float],
    *,
    seed: int,
    group_of: Mapping[str, Hashable] | None = None,
) -> dict[str, list[str]]:
    """Cut a seeded permutation into parts of these shares, the last one taking the rest.

    Names of one group stay together, so that a part may end a little late; the order of `names` does not
    matter. Raises DatasetError when a part would be empty.
    """
    groups: dict[Hashable, list[str]] = {}
    for name in permutation(names, seed=seed):
        groups.setdefault(name if group_of is None else group_of[name], []).append(name)
    *sized, rest = shares
    wanted = {part: round(shares[part] * len(names)) for part in sized}
    parts: dict[str, list[str]] = {part: [] for part in shares}
    for group in groups.values():
        part = next((part for part in sized if len(parts[part]) < wanted[part]), rest)
        parts[part] += group
    if empty := [part for part, chosen in parts.items() if not chosen]:
        raise DatasetError(f"{len(names)} names in {len(groups)} groups leave nothing for `{empty[0]}`")
    return parts


def choose(names: Sequence[str], count: int, *, seed: int) -> list[str]:
    """Return the first `count` names of a seeded permutation; a smaller choice begins a larger one."""
    if not 0 < count <= len(names):
        raise DatasetError(f"asked for {count} samples, found {len(names)}\nhint: ask for 1 to {len(names)}")
    return permutation(names, seed=seed)[:count]


def choose_evenly(classes: Mapping[str, Hashable], count: int, *, seed: int) -> list[str]:
    """Return `count` names, as many of each class as of any other, or one more where that does not divide.

    classes: name -> its class. Each class has its names in the order of one seeded permutation. Raises
    DatasetError where a class has too few.
    """
    groups: dict[Hashable, list[str]] = {}
    for name in permutation(list(classes), seed=seed):
        groups.setdefault(classes[name], []).append(name)
    each, more = divmod(count, len(groups))
    chosen: list[str] = []
    for place, label in enumerate(sorted(groups, key=repr)):
        wanted = each + (place < more)
        if len(groups[label]) < wanted:
            raise DatasetError(
                f"asked for {wanted} samples with {label}, found {len(groups[label])}\n"
                f"hint: ask for {len(groups) * min(map(len, groups.values()))} in all, or fewer"
            )
        chosen += groups[label][:wanted]
    return chosen


def permutation(names: Sequence[str], *, seed: int) -> list[str]:
    """Return the names in an order that only depends on the set of names and the seed."""
    ordered = sorted(set(names))
    if len(ordered) != len(names):
        raise DatasetError(f"{len(names) - len(ordered)} names appear twice; a split would leak them")
    return [ordered[index] for index in np.random.default_rng(seed).permutation(len(ordered))]


def three_parts(
    classes: Mapping[str, int], *, share: float, stratify: bool, seed: int
) -> dict[str, list[str]]:
    """Hold out `share` of the names as `val`, as many as `test`, and the rest is `train`.

    classes: name -> its class. With `stratify` each part has the classes in the proportions of the whole as
    nearly as whole pictures allow, and at least one of each class that has three. Raises DatasetError for
    fewer than three names. 228 names at 0.1 give 184, 22 and 22, the sizes of the ELFW report.
    """
    order = permutation(list(classes), seed=seed)
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
