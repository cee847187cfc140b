"""Values of a cell by what its trials were tested on, as by picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.report.statistics import mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.report.comparison.definition import ArtifactUnit
    from orchestrator.report.selection import Observation
    from orchestrator.study.trial import Trial

    Scores = Callable[[Trial, str, str], Mapping[str, Mapping[str, float]]]
    """Trial, artifact and key -> column -> item -> value."""


def by_item(
    seen: Sequence[Observation], metric: str, scale: float, unit: ArtifactUnit, scores: Scores
) -> tuple[tuple[str, float], ...]:
    """Return the mean of the finished trials for each item that all of them were tested on.

    Raises NotFoundError where a finished trial has left no such scores.
    """
    found = []
    for one in seen:
        if one.metrics is not None:
            columns = scores(one.trial, unit.artifact, unit.key)
            if metric not in columns:
                hint = nearest(metric, columns, f"it has: {', '.join(columns) or 'none'}")
                raise NotFoundError(
                    f"`{unit.artifact}` of trial {one.trial.id} has no column `{metric}`", hint=hint
                )
            found.append(columns[metric])
    shared = [item for item in found[0] if all(item in others for others in found)] if found else []
    means = {item: mean([scale * values[item] for values in found]) for item in shared}
    return tuple(
        (f"{unit.key}={item}", value)
        for item, value in means.items()
        if value is not None and math.isfinite(value)
    )
