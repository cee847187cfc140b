"""Which trials of a task may be trained as one batched model: those that differ in a few values alone."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from orchestrator.study.trial import canonical

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from orchestrator.study.trial import Trial

PARTNER = "_together"
"""What follows the name of a task's function in that of the one that trains several trials at once."""


def likeness(trial: Trial, differ: Collection[str]) -> str:
    """Return what trials that are trained in lockstep have in common: all but a few values and the seed."""
    needs = {"needs": sorted(trial.needs), "gathered": sorted(trial.gathered)}
    params = _without(trial.params, differ)
    return canonical({"task": trial.task, "version": trial.version, "params": params, **needs})


def _without(params: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return parameters without some; `opt.lr` is part `lr` of parameter `opt`."""
    rest = copy.deepcopy(dict(params))
    for name in names:
        *outer, last = name.split(".")
        held: Any = rest
        for part in outer:
            held = held.get(part) if isinstance(held, dict) else None
        if isinstance(held, dict):
            held.pop(last, None)
    return rest
