"""The learning curves of a study that declares no figure: which metrics are drawn, and over which axes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import listed
from orchestrator.report.definition import text_of
from orchestrator.report.directions import first_of, guessed
from orchestrator.report.figures.definitions import CurvesDefinition
from orchestrator.report.plain_stage import SEED, best_trial
from orchestrator.report.selection import combinations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.plain_stage import PlainStage

_MOST_METRICS = 2
"""Metrics of a stage that are drawn."""
_MOST_SERIES = 8
"""Curves of a figure: as many colours can be told apart."""
_MOST_AXES = 2


def logged(history: Mapping[int, Mapping[str, float]]) -> list[str]:
    """Return the metrics that were logged at more than one step, in the order in which they came."""
    counts: dict[str, int] = {}
    for step in sorted(history):
        for name in history[step]:
            counts[name] = counts.get(name, 0) + 1
    return [name for name, count in counts.items() if count > 1]


def plain_figures(plain: PlainStage, metrics: Sequence[str]) -> list[CurvesDefinition]:
    """Return the curves that are worth drawing of metrics that a stage has logged.

    A curve stands for a setting. Where there are more than can be told apart, all but the first axes are held
    at the values of the best trial, and the title says so.
    """
    found = _series(plain)
    if found is None:
        return []
    axes, held = found
    by = f" by {listed_plain(axes)}" if axes else ""
    where = f", {listed_values(held)}" if held else ""
    return [
        CurvesDefinition.model_construct(  # a file has to name an axis, a trial without any is one curve
            id=_name(plain.stage, place),
            title=f"{metric} of {plain.stage}{by}{where}",
            stage=plain.stage,
            metric=metric,
            series=axes,
            where=held,
            x_label="Step",
        )
        for place, metric in enumerate(_chosen(plain, metrics))
    ]


def listed_values(values: Mapping[str, Any]) -> str:
    """Return axes with their values in one line."""
    return ", ".join(f"{axis} = {text_of(value)}" for axis, value in values.items())


def listed_plain(names: Sequence[str]) -> str:
    """Return names in one line, without quotes."""
    return listed(names).replace("`", "")


def _chosen(plain: PlainStage, metrics: Sequence[str]) -> list[str]:
    """Return the metric that the stage is about first, then others of which the better values are known."""
    first = plain.first if plain.first in metrics else first_of(metrics, plain.told)
    known = [one for one in metrics if one != first and guessed(one) != "none"]
    others = [one for one in metrics if one != first and one not in known]
    return [*([first] if first else []), *known, *others][:_MOST_METRICS]


def _series(plain: PlainStage) -> tuple[list[str], dict[str, Any]] | None:
    """Return the axes with a curve for each value, and the values of others; None where that is nothing.

    A stage whose trials differ in the seed alone has one curve, and one without axes has an empty list.
    """
    own = plain.seen[0].trial.axes
    axes = [axis for axis in plain.axes if axis in own]
    axes = axes or [axis for axis in own if axis != SEED][:1] or [*own]
    best = best_trial(plain) or plain.seen[0]
    for count in range(min(len(axes), _MOST_AXES), -1, -1):
        drawn = axes[:count]
        held = {axis: best.trial.axes[axis] for axis in axes[count:] if axis in best.trial.axes}
        if len(combinations(plain.seen, drawn)) <= _MOST_SERIES and (drawn or not axes):
            return drawn, held
    return None


def _name(stage: str, place: int) -> str:
    name = re.sub(r"[^A-Za-z0-9_-]", "_", stage)[:60]
    return f"{name}_curves{f'_{place + 1}' if place else ''}"
