"""What results count: pictures of datasets and splits, what was dropped, parameters of networks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import TIMING
from orchestrator.report.methods.methods_section import MethodsSection, spoken
from orchestrator.study.trial import axes_text, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.report.selection import Material, Observation

_NOT_COUNTS = ("epoch", "step")
"""In names of whole numbers that came out of a training."""
_NETWORK = "parameters"
_SPLIT = re.compile(
    r"^(train|val|valid|validation|test|dev)_(images|samples|examples|rows|size)$|^(images|samples)$"
)
"""How counts are called that are known for such with one seed, too."""
_FEW = 4
_MOST = 12
"""So many different counts of a stage are told."""


def data_counts(material: Material, flags: Collection[str] = ()) -> MethodsSection:
    """Return what stages count that give nothing but whole numbers and that others rest on.

    Metrics of `flags` count nothing; what a stage has from those that it rests on is told of these alone.
    """
    needed = _needed(material)
    known = {one.trial.id: _whole(one) for seen in material.stages.values() for one in seen}
    items = []
    for name, seen in material.stages.items():
        done = [one for one in seen if one.metrics is not None]
        if not done or not _is_preparation(done, needed):
            continue
        found: dict[str, list[Observation]] = {}
        for one in done:
            rested = [known.get(need, {}) for need in one.trial.needed_ids]
            own = {
                count: value
                for count, value in _whole(one).items()
                if count not in flags and not any(counts.get(count) == value for counts in rested)
            }
            found.setdefault(_told(own), []).append(one)
        told = [(f"`{name}`{where}", text) for text, where in _at(found).items() if text]
        items += told[:_MOST]
    return MethodsSection(title="Data", items=tuple(items))


def other_counts(material: Material, *, networks: bool) -> MethodsSection:
    """Return whole numbers that are the same with every seed: of networks, or of what they are trained on."""
    needed = _needed(material)
    items = []
    for name, seen in material.stages.items():
        done = [one for one in seen if one.metrics is not None]
        if not done or _is_preparation(done, needed):
            continue
        for text, where in _by_value(done, networks=networks).items():
            items.append((f"`{name}`{where}", text))
    return MethodsSection(title="Sizes of networks" if networks else "Splits and counts", items=tuple(items))


def _by_value(done: Sequence[Observation], *, networks: bool) -> dict[str, str]:
    """Return what is counted -> at which points, empty where it is the same at all."""
    names = [name for name in _whole(done[0]) if (_NETWORK in name) is networks and _is_count(name, done)]
    found: dict[str, list[Observation]] = {}
    for one in done:
        counts = {name: one.metrics[name] for name in names if one.metrics and name in one.metrics}
        if counts:
            found.setdefault(_told(counts), []).append(one)
    return _at(found)


def _at(found: Mapping[str, Sequence[Observation]]) -> dict[str, str]:
    """Return at which points each of several things is so; nothing where it is so at all of them.

    Where the values of one axis tell them apart, these are told alone.
    """
    if len(found) == 1:
        return dict.fromkeys(found, "")
    axes = dict.fromkeys(axis for group in found.values() for one in group for axis in one.trial.axes)
    for axis in axes:
        values = {text: _values(group, axis) for text, group in found.items()}
        if sum(map(len, values.values())) == len({value for each in values.values() for value in each}):
            return {text: f", {axis} {', '.join(each)}" for text, each in values.items()}
    return {text: f", {_points(group)}" for text, group in found.items()}


def _values(group: Sequence[Observation], axis: str) -> list[str]:
    return [*dict.fromkeys(quoted(one.trial.axes.get(axis)) for one in group)]


def _points(group: Sequence[Observation]) -> str:
    """Return points in words, of many the first ones."""
    each = [*dict.fromkeys(axes_text({**one.trial.axes, "seed": one.trial.seed}) for one in group)]
    return "; ".join(each[:_FEW]) + (f" and {len(each) - _FEW} more points" if len(each) > _FEW else "")


def _is_count(name: str, done: Sequence[Observation]) -> bool:
    """Say whether a metric counts something: whole, more than 1, and the same with every seed of a point."""
    if name.startswith(TIMING) or any(sign in name for sign in _NOT_COUNTS):
        return False
    found: dict[str, float] = {}
    values = [one.metrics[name] for one in done if one.metrics and name in one.metrics]
    points = [axes_text({**one.trial.axes, "seed": 0}) for one in done if one.metrics and name in one.metrics]
    repeated = len(set(points)) < len(points) or _NETWORK in name or bool(_SPLIT.search(name))
    same = all(found.setdefault(point, value) == value for point, value in zip(points, values, strict=True))
    return same and repeated and all(value > 1 and float(value).is_integer() for value in values)


def _is_preparation(done: Sequence[Observation], needed: set[str]) -> bool:
    """Say whether trials give whole numbers alone, and others rest on them."""
    metrics = [
        value for one in done for name, value in (one.metrics or {}).items() if not name.startswith(TIMING)
    ]
    whole = all(float(value).is_integer() and value >= 0 for value in metrics)
    return bool(metrics) and whole and any(one.trial.id in needed for one in done)


def _needed(material: Material) -> set[str]:
    return {need for seen in material.stages.values() for one in seen for need in one.trial.needed_ids}


def _whole(one: Observation) -> dict[str, float]:
    return {
        name: value
        for name, value in (one.metrics or {}).items()
        if not name.startswith(TIMING) and float(value).is_integer()
    }


def _told(counts: Mapping[str, float]) -> str:
    return ", ".join(f"{spoken(name)} {value:,.0f}" for name, value in counts.items())
