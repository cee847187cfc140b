"""A search space as Optuna's distributions, and values as it can choose among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.study.matrix import comparable
from orchestrator.study.searches.space import Range
from orchestrator.study.searches.tree import NotChosenError, active

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import optuna

    from orchestrator.study.searches.tree import Choice


def distribution(values: Range | Sequence[Any]) -> optuna.distributions.BaseDistribution:
    """Return what a parameter's values are drawn from."""
    from optuna import distributions

    if not isinstance(values, Range):
        return distributions.CategoricalDistribution([coded(values, value) for value in values])
    if isinstance(values.low, int) and isinstance(values.high, int):
        step = int(values.step) if values.step else 1
        return distributions.IntDistribution(values.low, values.high, log=values.log, step=step)
    return distributions.FloatDistribution(values.low, values.high, log=values.log, step=values.step)


def coded(values: Range | Sequence[Any], value: Any) -> Any:
    """Return what stands for a value: its place among lists and mappings, which Optuna cannot choose from."""
    if not _has_parts(values):
        return value
    assert not isinstance(values, Range)
    return next(place for place, other in enumerate(values) if comparable(other) == comparable(value))


def decoded(values: Range | Sequence[Any], code: Any) -> Any:
    """Return the value that a code stands for."""
    return values[code] if not isinstance(values, Range) and _has_parts(values) else code


def _has_parts(values: Range | Sequence[Any]) -> bool:
    return not isinstance(values, Range) and any(isinstance(value, list | dict) for value in values)


def asked_of(trial: optuna.Trial, tree: Sequence[Choice]) -> dict[str, Any]:
    """Return what a trial of Optuna proposes, by the names of the space, down the branches it takes."""

    def choose(choice: Choice) -> Any:
        return decoded(choice.values, _suggested(trial, choice))

    return active(tree, choose)


def _suggested(trial: optuna.Trial, choice: Choice) -> Any:
    from optuna import distributions

    drawn = distribution(choice.values)
    if isinstance(drawn, distributions.IntDistribution):
        return trial.suggest_int(choice.label, drawn.low, drawn.high, step=drawn.step, log=drawn.log)
    if isinstance(drawn, distributions.FloatDistribution):
        return trial.suggest_float(choice.label, drawn.low, drawn.high, step=drawn.step, log=drawn.log)
    assert isinstance(drawn, distributions.CategoricalDistribution)
    return trial.suggest_categorical(choice.label, drawn.choices)


def labelled(tree: Sequence[Choice], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer, or a part of one, as Optuna calls it."""
    codes: dict[str, Any] = {}

    def note(choice: Choice) -> Any:
        if choice.name not in params:
            raise NotChosenError
        codes[choice.label] = coded(choice.values, params[choice.name])
        return params[choice.name]

    active(tree, note)
    return codes
