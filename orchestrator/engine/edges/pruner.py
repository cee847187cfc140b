"""Optuna's pruners without a database: whether a trial ends early, by what its search was told.

A pruner reads no parameters, so the study that it is shown consists of curves alone, and is made again for
each decision. What Optuna measures by the first trial that is complete, and keeps in the pruner's memory, is
taken from the trial that was complete first.
"""

from __future__ import annotations

import copy
import warnings
from datetime import datetime
from typing import TYPE_CHECKING, Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from orchestrator.engine.told import first_finished
from orchestrator.study.searches.edges.optuna_options import made, named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.engine.told import Told
    from orchestrator.study.searches.search import Search

_AUTO = "auto"
_NEVER = datetime(2000, 1, 1)  # noqa: DTZ001 - Optuna's times have no zone, and no pruner looks at them
_STATES = {
    "complete": TrialState.COMPLETE,
    "failed": TrialState.FAIL,
    "pruned": TrialState.PRUNED,
    "running": TrialState.RUNNING,
}


def decide(search: Search, key: str, told: Sequence[Told], place: int) -> tuple[bool, dict[str, float]]:
    """Say whether the trial at a place of what is told ends, and what the pruner notes beside it."""
    study = _curves(search, key, told)
    trial = study.get_trials(deepcopy=False)[place]
    with warnings.catch_warnings(action="ignore"):  # of curves that cannot be compared: then nothing is ended
        prune = study.pruner.prune(study, trial)
    after = study.get_trials(deepcopy=False)[place].system_attrs
    return bool(prune), {name: value for name, value in after.items() if name not in trial.system_attrs}


def pruner_of(search: Search, told: Sequence[Told]) -> optuna.pruners.BasePruner:
    """Return the pruner of a search; one that ends nothing where it has none."""
    if search.pruner is None:
        return optuna.pruners.NopPruner()
    first = first_finished(told)
    options = _measured(search.pruner.name, search.pruner.options, max(first.curve) if first else None)
    pruner: optuna.pruners.BasePruner = made("pruner", search.pruner.name, options)
    return pruner


def _measured(name: str, options: Mapping[str, Any], last_step: int | None) -> dict[str, Any]:
    """Return the options with what Optuna takes from the last step of the first complete trial."""
    if inner := options.get("wrapped_pruner"):
        wrapped, its_options = named(inner)
        return {**options, "wrapped_pruner": {"name": wrapped, **_measured(wrapped, its_options, last_step)}}
    if last_step is None:
        return dict(options)
    measured = {
        "hyperband": ("max_resource", last_step + 1),
        "successive_halving": ("min_resource", max(last_step // 100, 1)),
    }
    option, value = measured.get(name, ("", 0))
    return {**options, option: value} if option and options.get(option, _AUTO) == _AUTO else dict(options)


def _curves(search: Search, key: str, told: Sequence[Told]) -> optuna.Study:
    """Return a study with the curves of what is told, in its order."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        study_name=key,
        direction=search.objectives[0].direction,
        pruner=pruner_of(search, told),
    )
    study.add_trials([_past(one) for one in told])
    return study


class _Past(FrozenTrial):
    """A trial that a study takes as it is: nobody changes what lies in it."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> _Past:
        return copy.copy(self)


def _past(told: Told) -> FrozenTrial:
    state = _STATES[told.state]
    return _Past(
        number=-1,
        trial_id=-1,
        state=state,
        value=None,
        values=list(told.values) or None,
        datetime_start=_NEVER,
        datetime_complete=_NEVER if state.is_finished() else None,
        params={},
        distributions={},
        user_attrs={},
        system_attrs=dict(told.history.noted),
        intermediate_values=dict(told.curve),
    )
