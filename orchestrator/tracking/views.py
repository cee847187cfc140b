"""The views of MLflow's UI: a table and charts for the trainings of each stage, and one for all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.tracking.charts import charts_of
from orchestrator.tracking.naming import RESULT, flat_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.tracking.telling import Telling

VIEW = "trials"
"""Key of the view that a study is shown in at first."""
_OF_STAGE = "stage."
"""Before the names of stages in the keys of their views."""
_MOST_METRICS = 12
_FEWEST_METRICS = 8
"""Columns of metrics in the view of a stage, and in that of all trainings."""
_NAME, _SHORT, _LONG, _STAGE = 215, 110, 200, 260
"""Pixels of columns."""
_LETTER = 8
"""Pixels of a letter in the head of a column."""
LONGEST_VIEW = 5000
"""Characters of an experiment's tag that servers of all versions take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """An arrangement of MLflow's table and charts that has a name there."""

    key: str
    """Names it in addresses."""
    name: str
    state: Mapping[str, Any]
    """As the UI keeps it: filter, order, columns, charts."""

    def text(self, order: int = 0) -> str:
        """Return it as MLflow saves it; its menu begins with those of the highest order."""
        state = json.dumps(self.state)
        return json.dumps({"name": self.name, "createdAt": order, "updatedAt": order, "state": state})


def views_of(found: Mapping[str, Telling], curves: Mapping[str, Sequence[str]]) -> list[SavedView]:
    """Return the views of a study, the one that it is shown in at first before the others.

    That is the view of the only stage that trains, else one of all trainings. `curves` names what the trials
    of each stage log by step. Stages that only prepare data have no view.
    """
    shown = [one for one in found.values() if one.trains(curves.get(one.stage, ()))]
    shown = shown or list(found.values())
    own = [_of_stage(one, curves.get(one.stage, ())) for one in shown]
    if len(shown) == 1:
        return [SavedView(key=VIEW, name=own[0].name, state=own[0].state)]
    return [_of_all(found, shown), *own] if shown else []


def _of_stage(one: Telling, curves: Sequence[str]) -> SavedView:
    params = [f"params.`{axis}`" for axis in one.axes]
    metrics = [f"metrics.`{flat_key(RESULT + name)}`" for name in one.metrics[:_MOST_METRICS]]
    state = {
        **_frame(f"tags.stage = '{one.stage}' AND tags.trial LIKE '%'"),
        **_order(one),
        **_columns([*params, *metrics, "tags.`state`"]),
    }
    charts = charts_of(one, one.by_use(curves))
    view = SavedView(key=_OF_STAGE + flat_key(one.stage), name=one.short, state=state | charts)
    while charts["compareRunCharts"] and len(view.text()) > LONGEST_VIEW:
        charts["compareRunCharts"].pop()
    return view


def _of_all(found: Mapping[str, Telling], shown: Sequence[Telling]) -> SavedView:
    """Return a view of the trainings of several stages, by stage: in order of time the UI folds them away."""
    names = {one.stage for one in shown}
    words = ["tags.trial LIKE '%'", *(f"tags.stage != '{stage}'" for stage in found if stage not in names)]
    firsts = dict.fromkeys(flat_key(RESULT + one.metrics[0]) for one in shown if one.metrics)
    metrics = [f"metrics.`{name}`" for name in list(firsts)[:_FEWEST_METRICS]]
    state = {
        **_frame(" AND ".join(words)),
        "orderByKey": "tags.`stage`",
        "orderByAsc": True,
        **_columns(["tags.`stage`", *metrics, "tags.`state`"]),
    }
    return SavedView(key=VIEW, name="all trainings", state=state)


def _frame(words: str) -> dict[str, Any]:
    return {
        "searchFilter": words,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "modelVersionFilter": "All Runs",
        "datasetsFilter": [],
    }


def _order(one: Telling) -> dict[str, Any]:
    """Return how a stage's table is sorted: the best first where that is known, else by name."""
    if one.better == "none":
        return {"orderByKey": "tags.`mlflow.runName`", "orderByAsc": True}
    return {
        "orderByKey": f"metrics.`{flat_key(RESULT + one.metrics[0])}`",
        "orderByAsc": one.better == "lower",
    }


def _columns(chosen: Sequence[str]) -> dict[str, Any]:
    """Return the columns of a table in this order behind the name, as wide as their heads."""
    widths = {"attributes.`Run Name`": _NAME}
    for name in chosen:
        head = name.split("`")[1]
        widths[name] = _STAGE if head == "stage" else max(_SHORT, min(_LONG, _LETTER * len(head) + 30))
    return {
        "selectedColumns": list(chosen),
        "columnOrder": list(widths),
        "columnWidths": widths,
    }
