"""Optuna without a database: a search as a study in memory, made again from its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.engine.edges.cmaes_memory import with_optimizer
from orchestrator.engine.edges.optuna_sampler import sampler_of
from orchestrator.engine.edges.optuna_space import asked_of, labelled
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
    study = _empty(search, sampler_of(search, seed, number, try_))
    if search.sampler_name == "cmaes":
        told = with_optimizer(told, lambda members: _asked_after(search, members))
    for one in told:
        study.add_trial(_past(tree, one))
    return study


def _asked_after(search: Search, members: Sequence[Told]) -> optuna.trial.FrozenTrial:
    """Return a trial that CMA-ES asks for after a generation: with the optimizer that was told it."""
    study, tree = _empty(search, sampler_of(search, 0, 0, at_once=True)), tree_of(search.space)
    for one in members:
        study.add_trial(_past(tree, one))
    trial = study.ask()
    asked_of(trial, tree)
    return study.trials[trial.number]


def _empty(search: Search, sampler: optuna.samplers.BaseSampler) -> optuna.Study:
    import optuna

    return optuna.create_study(sampler=sampler, directions=[one.direction for one in search.objectives])


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
