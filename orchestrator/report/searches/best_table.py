"""The best trials of a stage as rows, for a terminal, for scripts and for pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestrator.report.searches.best_trials import BestTrial, StageBest


def best_rows(found: StageBest) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the columns and a row for each of the best: point, metrics, parameters, ids of trials.

    A parameter that is called like an axis or a metric is `param.NAME` here.
    """
    metrics = [objective.metric for objective in found.objectives]
    axes = dict.fromkeys(axis for one in found.found for axis in one.axes)
    names = dict.fromkeys(name for one in found.found for name in one.params)
    taken = {*axes, *metrics, "trial"}
    columns = {name: f"param.{name}" if name in taken else name for name in names}
    rows = [
        {
            **one.axes,
            **one.values,
            **{columns[name]: value for name, value in one.params.items()},
            "trial": " ".join(trial.id for trial in one.trials),
        }
        for one in found.found
    ]
    return [*axes, *(name for name in metrics if name not in axes), *columns.values(), "trial"], rows


def best_json(found: StageBest) -> dict[str, Any]:
    """Return the same as plain values for programs."""
    return {
        "stage": found.stage,
        "objectives": [objective.model_dump(exclude_none=True) for objective in found.objectives],
        "over": not found.notes,
        "best": [_one_json(one) for one in found.found],
    }


def _one_json(one: BestTrial) -> dict[str, Any]:
    return {
        "axes": dict(one.axes),
        "metrics": dict(one.values),
        "params": dict(one.params),
        "trials": [trial.id for trial in one.trials],
    }
