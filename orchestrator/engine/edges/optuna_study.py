"""Optuna without a database: a search as a study in memory, made again from its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.engine.edges.optuna_sampler import sampler_of
from orchestrator.engine.edges.optuna_space import labelled
from orchestrator.study.search_tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import optuna

    from orchestrator.engine.told import Told
    from orchestrator.study.search import Search
    from orchestrator.study.search_tree import Choice


def study_of(search: Search, seed: int, told: Sequence[Told], number: int, try_: int = 0) -> optuna.Study:
    """Return the search as answer `number` is drawn from it, or drawn again: a function of its arguments."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tree = tree_of(search.space)
    study = optuna.create_study(
        sampler=sampler_of(search, seed, number, try_),
        direction="minimize" if search.objective.minimize else "maximize",
    )
    for one in told:
        study.add_trial(_past(tree, one))
    return study


def _past(tree: Sequence[Choice], told: Told) -> optuna.trial.FrozenTrial:
    import optuna

    states = optuna.trial.TrialState
    state = {
        "complete": states.COMPLETE,
        "failed": states.FAIL,
        "pruned": states.PRUNED,
        "running": states.RUNNING,
    }[told.state]
    params, distributions = labelled(tree, told.params)
    return optuna.trial.create_trial(
        state=state,
        values=list(told.values) or None,
        params=params,
        distributions=distributions,
        system_attrs=dict(told.attrs),
    )
