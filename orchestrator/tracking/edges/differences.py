"""Where what MLflow shows differs from what it shall show, so that it cannot be mended by adding."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from orchestrator.tracking.naming import CURVES, RESULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.tracking.edges.mlflow_runs import MlflowRun
    from orchestrator.tracking.edges.record import Measure, Record

OURS = (CURVES, RESULT)
"""How the names of our metrics begin."""
LARGEST_FLOAT = sys.float_info.max
"""What MLflow's databases store for infinity."""


def ends_as(run: MlflowRun, record: Record) -> bool:
    """Say whether MLflow shows the end that the record has, or none where it has none.

    MLflow cannot forget an end: a study or a stage that goes on again keeps the old one beside `RUNNING`, for
    else all its trials would have to be told of a new run above them.
    """
    if record.end is None:
        return run.status == "RUNNING" and (run.end is None or record.has_trials)
    return (run.status, run.end) == (record.status, ms(record.end))


def contradicts(run: MlflowRun, record: Record) -> bool:
    """Say whether MLflow shows what it cannot unlearn: a start, an end or a parameter."""
    return (
        run.start != ms(record.start)
        or (record.end is None and not record.has_trials and not ends_as(run, record))
        or any(run.params.get(key, value) != value for key, value in record.params.items())
    )


def retracts(logged: Mapping[tuple[str, int], float], measures: Iterable[Measure]) -> bool:
    """Say whether MLflow shows a number that has another value by now, or is gone; times do not matter.

    Metrics that nobody wants and that do not begin as ours do are a user's.
    """
    wanted = {(measure.key, measure.step): measure.value for measure in measures}
    keys = {key for key, _ in wanted}
    return any(
        not _equal(value, wanted[place]) if place in wanted else place[0] in keys or place[0].startswith(OURS)
        for place, value in logged.items()
    )


def _equal(stored: float, value: float) -> bool:
    if math.isnan(value):
        return math.isnan(stored)
    return stored in {value, max(-LARGEST_FLOAT, min(LARGEST_FLOAT, value))}


def ms(seconds: float) -> int:
    """Return milliseconds, as MLflow counts time."""
    return round(seconds * 1000)
