"""Choose and split samples by a seeded permutation of their sorted names."""

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


def permutation(names: Sequence[str], *, seed: int) -> list[str]:
    """Return the names in an order that only depends on the set of names and the seed."""
    ordered = sorted(set(names))
    if len(ordered) != len(names):
        raise DatasetError(f"{len(names) - len(ordered)} names appear twice; a split would leak them")
    return [ordered[index] for index in np.random.default_rng(seed).permutation(len(ordered))]
