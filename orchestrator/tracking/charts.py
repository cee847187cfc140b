"""The charts of a view of MLflow's UI: curves first, then what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.tracking.naming import CURVES, RESULT, flat_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.tracking.telling import Telling

_SECTIONS = ("curves", "result")
"""As MLflow calls them by the beginning of their metrics' names, in this order."""

_GENERATED = {"deleted": False, "isGenerated": True}


def charts_of(one: Telling, logged: Sequence[str]) -> dict[str, Any]:
    """Return the part of a view's state that says which charts there are, in which order.

    `logged` are the metrics that trials log by step. The result has its first metric as bars and against the
    axes, then bars of the others by which trials are compared. Of all else MLflow makes charts itself, at
    the end of their section.
    """
    curves = [_chart("LINE", flat_key(CURVES + name), name) for name in logged]
    results: list[dict[str, Any]] = []
    if one.metrics:
        first, *others = [(flat_key(RESULT + name), name) for name in one.metrics]
        results = [
            _chart("BAR", *first),
            *_against_axes(one, first[0]),
            *(_chart("BAR", *other) for other in others),
        ]
    return {
        "compareRunCharts": [*curves, *results],
        "compareRunSections": [
            {
                "uuid": name,
                "name": name,
                "display": True,
                "isReordered": True,
                "deleted": False,
                "isGenerated": True,
            }
            for name in _SECTIONS
        ],
        "isAccordionReordered": True,
    }


def _chart(kind: str, key: str, name: str) -> dict[str, Any]:
    return {
        "uuid": f"{kind}:{key}",
        "type": kind,
        "metricKey": key,
        "metricSectionId": _SECTIONS[0] if kind == "LINE" else _SECTIONS[1],
        **_GENERATED,
        "displayName": name,
    }


def _against_axes(one: Telling, metric: str) -> list[dict[str, Any]]:
    """Return the metric over the only axis as points, over several as parallel coordinates."""
    axes = [axis for axis in one.axes if axis != "seed"]
    if not axes:
        return []
    shared = {
        "metricSectionId": _SECTIONS[1],
        "deleted": False,
        "isGenerated": False,
        "runsCountToCompare": 100,
    }
    if len(axes) == 1:
        over, up = {"key": axes[0], "type": "PARAM"}, {"key": metric, "type": "METRIC"}
        return [{"uuid": "points", "type": "SCATTER", "xaxis": over, "yaxis": up, **shared}]
    return [
        {
            "uuid": "axes",
            "type": "PARALLEL",
            "selectedParams": axes,
            "selectedMetrics": [metric],
            "showAllRuns": True,
            **shared,
        }
    ]
