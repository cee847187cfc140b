"""With which parameters stages were trained: optimisation, stopping, and all the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from orchestrator.report.methods.experiments import values_of
from orchestrator.report.methods.methods_section import MethodsSection, listed_values, spoken
from orchestrator.study.command import TASK as COMMAND
from orchestrator.study.matrix import comparable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Study
    from orchestrator.study.trial import Trial

_GROUPS = (
    (
        "optimisation",
        re.compile(
            r"optimi|learning|(^|_)(lr|rho|eps|l1|l2)($|_)|rate|momentum|decay|batch|warm|sched|beta|clip|loss"
        ),
    ),
    ("stopping", re.compile(r"epoch|steps?($|_)|patience|stop|min_delta|iterations")),
)
"""How parameters are called that tell of a subject; others stand under `other`."""
_VARIED, _OTHER = "varied", "other"
_ALL = "All parameters of all stages, those that were left at their defaults included."


def parameters(study: Study, seen: Seen) -> MethodsSection:
    """Return for each stage which parameters were the same in all trials, and which were varied over what."""
    items = []
    for stage in study.stages:
        trials = seen.plan.of(stage.name)
        searched = stage.search.names if stage.search else ()
        if text := settings_text(trials, searched):
            task = "a command" if stage.task == COMMAND else f"`{stage.task}`"
            items.append((f"`{stage.name}` ({task}, version {stage.version})", text))
    return MethodsSection(
        title="Parameters",
        paragraphs=("Every parameter of every stage, those that were left at their defaults included.",)
        * bool(items),
        items=tuple(items),
    )


def settings_text(trials: Sequence[Trial], searched: Collection[str] = ()) -> str:
    """Return all parameters of trials in words: what was varied, then what was the same in all."""
    groups: dict[str, list[str]] = {name: [] for name in (_VARIED, *(name for name, _ in _GROUPS), _OTHER)}
    for name in dict.fromkeys(name for trial in trials for name in trial.params):
        values = values_of(trials, name)
        if name in searched:
            continue
        if len(values) > 1:
            groups[_VARIED].append(f"{spoken(name)} ({listed_values(values)}{_by(trials, name)})")
        else:
            groups[_group(name)].append(f"{spoken(name)} {values[0] or 'empty'}")
    told = [f"{name}: {', '.join(texts)}" for name, texts in groups.items() if texts]
    return ("; ".join(told) + ".") if told else ""


def _by(trials: Sequence[Trial], name: str) -> str:
    """Return which axis decides the value of a parameter that is none itself."""
    axes = dict.fromkeys(axis for trial in trials for axis in trial.axes)
    decides = next((axis for axis in axes if _decides(trials, axis, name)), None)
    return f"; by {spoken(decides)}" if decides is not None and name not in axes else ""


def _decides(trials: Sequence[Trial], axis: str, name: str) -> bool:
    """Say whether trials with the same value of an axis have the same value of a parameter."""
    found: dict[Any, Any] = {}
    return all(
        found.setdefault(comparable(trial.axes.get(axis)), comparable(trial.params.get(name)))
        == comparable(trial.params.get(name))
        for trial in trials
    )


def _group(name: str) -> str:
    return next((group for group, sign in _GROUPS if sign.search(name.lower())), _OTHER)
