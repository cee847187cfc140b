"""Optuna without a database: every ask rebuilds the search in memory from its trials."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from orchestrator.study.matrix import comparable
from orchestrator.study.study_file import Range, Search
from orchestrator.study.trial import digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import optuna

SAMPLERS: dict[str, tuple[str, dict[str, bool]]] = {
    "random": ("RandomSampler", {}),
    "tpe": ("TPESampler", {"multivariate": True, "constant_liar": True}),
}
"""Each name that a study file may give, but for `grid`, which needs none: Optuna's class, and its options."""
Told = tuple[dict[str, Any], float | None]
"""Parameters of an earlier trial, and its objective; None while it has none, FAILED where none will come."""
FAILED = math.nan


def suggest(search: Search, seed: int, told: Sequence[Told], number: int) -> dict[str, Any]:
    """Return the parameters of trial `number`: a function of its arguments alone."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {name: _distribution(values) for name, values in search.space.items()}
    sampler, options = SAMPLERS[search.sampler]
    study = optuna.create_study(
        sampler=getattr(optuna.samplers, sampler)(seed=int(digest([seed, number])[:8], 16), **options),
        direction="minimize" if search.objective.minimize else "maximize",
    )
    for params, value in told:
        known = {name: _coded(values, params[name]) for name, values in search.space.items()}
        study.add_trial(_past(known, value, space))
    asked = study.ask(space)
    return {name: _decoded(search.space[name], asked.params[name]) for name in search.space}


def _past(
    params: dict[str, Any], value: float | None, space: dict[str, optuna.distributions.BaseDistribution]
) -> optuna.trial.FrozenTrial:
    import optuna

    states = optuna.trial.TrialState
    measured = value is not None and math.isfinite(value)
    return optuna.trial.create_trial(
        state=states.COMPLETE if measured else states.RUNNING if value is None else states.FAIL,
        value=value if measured else None,
        params={name: params[name] for name in space},
        distributions=space,
    )


def _distribution(values: Range | Sequence[Any]) -> optuna.distributions.BaseDistribution:
    from optuna import distributions

    if not isinstance(values, Range):
        return distributions.CategoricalDistribution([_coded(values, value) for value in values])
    if isinstance(values.low, int) and isinstance(values.high, int):
        step = int(values.step) if values.step else 1
        return distributions.IntDistribution(values.low, values.high, log=values.log, step=step)
    return distributions.FloatDistribution(values.low, values.high, log=values.log, step=values.step)


def _coded(values: Range | Sequence[Any], value: Any) -> Any:
    """Return what stands for a value: its place among lists and mappings, which Optuna cannot choose from."""
    if not _has_parts(values):
        return value
    assert not isinstance(values, Range)
    return next(place for place, other in enumerate(values) if comparable(other) == comparable(value))


def _decoded(values: Range | Sequence[Any], code: Any) -> Any:
    return values[code] if not isinstance(values, Range) and _has_parts(values) else code


def _has_parts(values: Range | Sequence[Any]) -> bool:
    return not isinstance(values, Range) and any(isinstance(value, list | dict) for value in values)
