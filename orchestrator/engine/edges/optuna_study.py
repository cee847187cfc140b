"""Optuna without a database: a search as a study in memory, made again from its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.engine.edges.optuna_space import coded, distribution
from orchestrator.study.trial import digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import optuna

    from orchestrator.engine.told import Told
    from orchestrator.study.search import Search

SAMPLERS = {
    "random": ("RandomSampler", {}),
    "tpe": ("TPESampler", {"multivariate": True, "constant_liar": True}),
}
"""Each name that a study file may give, but for `grid`, which needs none: Optuna's class, and its options."""


def study_of(search: Search, seed: int, told: Sequence[Told], number: int, *, key: str = "") -> optuna.Study:
    """Return the search as answer `number` is drawn from it: a function of the arguments alone.

    By the `key` of the search Hyperband parts its trials.
    """
    import optuna

    from orchestrator.engine.edges.pruner import pruner_of

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {name: distribution(values) for name, values in search.space.items()}
    study = optuna.create_study(
        sampler=_sampler(search, int(digest([seed, number])[:8], 16)),
        direction="minimize" if search.objective.minimize else "maximize",
        study_name=key or None,
        pruner=pruner_of(search, told),
    )
    for one in told:
        study.add_trial(_past(search, one, space))
    if search.pruner is not None:  # Hyperband makes its brackets when it is asked first, here of nothing
        study.pruner.prune(study, optuna.trial.create_trial(state=optuna.trial.TrialState.RUNNING))
    return study


def _sampler(search: Search, seed: int) -> optuna.samplers.BaseSampler:
    import optuna

    name, options = SAMPLERS[search.sampler]
    sampler: optuna.samplers.BaseSampler = getattr(optuna.samplers, name)(seed=seed, **options)
    return sampler


def _past(
    search: Search, told: Told, space: Mapping[str, optuna.distributions.BaseDistribution]
) -> optuna.trial.FrozenTrial:
    import optuna

    states = optuna.trial.TrialState
    state = {
        "complete": states.COMPLETE,
        "failed": states.FAIL,
        "pruned": states.PRUNED,
        "running": states.RUNNING,
    }[told.state]
    return optuna.trial.create_trial(
        state=state,
        values=list(told.values) or None,
        params={name: coded(search.space[name], told.params[name]) for name in space},
        distributions=dict(space),
        intermediate_values=dict(told.curve),
    )
