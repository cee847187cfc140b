"""Optuna without a database: a search as a study in memory, made again from its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.engine.edges.cmaes_memory import with_optimizer
from orchestrator.engine.edges.optuna_sampler import sampler_of
from orchestrator.engine.edges.optuna_space import asked_of, distribution, labelled
from orchestrator.study.searches.tree import every, tree_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import optuna

    from orchestrator.engine.told import Told
    from orchestrator.study.searches.search import Search
    from orchestrator.study.searches.tree import Choice


def study_of(
    search: Search, seed: int, told: Sequence[Told], number: int, try_: int = 0, *, key: str = ""
) -> optuna.Study:
    """Return the search as answer `number` is drawn from it, or drawn again: a function of its arguments.

    By the `key` of the search Hyperband parts its trials.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if search.sampler_name == "cmaes":
        told = with_optimizer(told, lambda members: _asked_after(search, members))
    return _filled(search, sampler_of(search, seed, number, try_), told, key)


def _asked_after(search: Search, members: Sequence[Told]) -> optuna.trial.FrozenTrial:
    """Return a trial that CMA-ES asks for after a generation: with the optimizer that was told it."""
    study = _filled(search, sampler_of(search, 0, 0, at_once=True), members)
    trial = study.ask()
    asked_of(trial, tree_of(search.space))
    return study.trials[trial.number]


def _filled(
    search: Search, sampler: optuna.samplers.BaseSampler, told: Sequence[Told], key: str = ""
) -> optuna.Study:
    """Return a study with a sampler, in which answers stand with what came of them."""
    import optuna

    from orchestrator.engine.edges.pruner import pruner_of

    study = optuna.create_study(
        sampler=sampler,
        directions=[one.direction for one in search.objectives],
        study_name=key or None,
        pruner=pruner_of(search, told),
    )
    tree = tree_of(search.space)
    drawn = {one.label: distribution(one.values) for one in every(search.space)}
    for one in told:
        study.add_trial(_past(tree, drawn, one))
    if search.pruner is not None:  # Hyperband makes its brackets when it is asked first, here of nothing
        study.pruner.prune(study, optuna.trial.create_trial(state=optuna.trial.TrialState.RUNNING))
    return study


def _past(
    tree: Sequence[Choice], drawn: Mapping[str, optuna.distributions.BaseDistribution], told: Told
) -> optuna.trial.FrozenTrial:
    import optuna

    states = optuna.trial.TrialState
    state = {
        "complete": states.COMPLETE,
        "failed": states.FAIL,
        "pruned": states.PRUNED,
        "running": states.RUNNING,
    }[told.state]
    params = labelled(tree, told.params)
    return optuna.trial.create_trial(
        state=state,
        values=list(told.values) or None,
        params=params,
        distributions={label: drawn[label] for label in params},
        system_attrs=dict(told.attrs),
        intermediate_values=dict(told.curve),
    )
