"""Shapes in words, as `1 to 4 GPU, 6 CPU, 24 GB, 20h`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.study.shape import format_duration
from orchestrator.study.trial import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.study.shape import Shape


def shape_text(shapes: Sequence[Shape]) -> str:
    """Return what workers of these shapes ask for; where they differ, from the least to the most."""
    gpus = f"{_between(shape.gpus for shape in shapes)} GPU" if any(one.gpus for one in shapes) else ""
    if types := _each(shape.gpu for shape in shapes if shape.gpus):
        gpus += f" ({types})"
    first = [gpus, f"{_between(shape.cpus for shape in shapes)} CPU"]
    if any(shape.nodes > 1 for shape in shapes):
        nodes = f"{_between(shape.nodes for shape in shapes)} nodes with "
        first = [nodes + ", ".join(filter(None, first))]
    if any(shape.slots > 1 for shape in shapes):
        first.append(f"{_between(shape.slots for shape in shapes)} slots")
    if any(shape.lockstep > 1 for shape in shapes):
        first.append(f"lockstep of {_between(shape.lockstep for shape in shapes)}")
    memory, time = (shape.memory for shape in shapes), (shape.time for shape in shapes)
    return ", ".join(filter(None, [*first, _memory(memory), _time(time), *_choices(shapes)]))


def _between(amounts: Iterable[int]) -> str:
    found = sorted(set(amounts))
    return " to ".join(map(str, dict.fromkeys((found[0], found[-1]))))


def _memory(amounts: Iterable[int]) -> str:
    found = sorted(set(amounts))
    if found[0] < 1024:
        return f"{_between(found)} MB"
    low, high = found[0], found[-1]
    return f"{low / 1024:g} GB" if low == high else f"{low / 1024:g} to {high / 1024:g} GB"


def _time(amounts: Iterable[int]) -> str:
    found = sorted(set(amounts))
    return " to ".join(format_duration(seconds) for seconds in dict.fromkeys((found[0], found[-1])))


def _each(names: Iterable[str | None]) -> str:
    return " or ".join(dict.fromkeys(filter(None, names)))


def _choices(shapes: Sequence[Shape]) -> list[str]:
    """Return what they say of partitions and the like."""
    keys = ("partition", "constraint", "qos", "account")
    names = {key: _each(getattr(shape, key) for shape in shapes) for key in keys}
    found = [f"{key} {each}" for key, each in names.items() if each]
    found += ["exclusive"] if any(shape.exclusive for shape in shapes) else []
    options = dict.fromkeys(
        f"{name}={quoted(value)}" for shape in shapes for name, value in shape.sbatch.items()
    )
    return [*found, *options]
