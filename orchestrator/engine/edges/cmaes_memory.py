"""The optimizer of CMA-ES, made again from answers: Optuna keeps it as a pickle, which no file here holds.

Optuna tells the optimizer one generation after the other, and notes the new optimizer with the trial that it
asks next. We note which answers it was told then, and tell it the same ones again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import optuna

    from orchestrator.engine.told import Told

    Ask = Callable[[Sequence[Told]], optuna.trial.FrozenTrial]

_TOLD, _BEFORE = "told", "before"
"""Keys of our own: the answers of a generation, and the answer with the optimizer that it was told to."""


def _optimizer(attrs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in attrs.items() if ":optimizer" in key}


def _generation(attrs: Mapping[str, Any]) -> int | None:
    return next((value for key, value in attrs.items() if key.endswith(":generation")), None)


def noted(attrs: Mapping[str, Any], told: Sequence[Told]) -> dict[str, Any]:
    """Return what is to be kept of what Optuna noted with an answer that was drawn after others."""
    rest = {key: value for key, value in attrs.items() if key not in _optimizer(attrs)}
    if len(rest) == len(attrs):
        return rest
    before = _last(told)
    generation = _generation(before.attrs) if before else 0
    members = [one.number for one in _complete(told) if _generation(one.attrs) == generation]
    return {**rest, _TOLD: members, _BEFORE: before.number if before else None}


def with_optimizer(told: Sequence[Told], ask: Ask) -> list[Told]:
    """Return answers, the newest optimizer with that one of them where Optuna looks for it.

    `ask` makes Optuna draw after some answers, and returns what it noted.
    """
    last = _last(told)
    if last is None:
        return list(told)
    attrs = {**last.attrs, **_made_again(last, {one.number: one for one in told}, ask)}
    return [replace(one, attrs=attrs) if one is last else one for one in told]


def _made_again(last: Told, by_number: Mapping[int, Told], ask: Ask) -> dict[str, Any]:
    """Return the optimizer that was noted with an answer, in Optuna's keys."""
    steps: list[Told] = []
    step: Told | None = last
    while step is not None:
        steps.append(step)
        step = by_number.get(step.attrs[_BEFORE])
    state: dict[str, Any] = {}
    for step in reversed(steps):
        members = _complete([by_number[number] for number in step.attrs[_TOLD] if number in by_number])
        if not members:  # somebody has removed their results
            continue
        members[-1] = replace(members[-1], attrs={**members[-1].attrs, **state})
        state = _optimizer(ask(members).system_attrs)
    return state


def _complete(told: Sequence[Told]) -> list[Told]:
    return [one for one in told if one.state == "complete"]


def _last(told: Sequence[Told]) -> Told | None:
    """Return the newest finished answer with which an optimizer was noted."""
    return next((one for one in reversed(_complete(told)) if _TOLD in one.attrs), None)
