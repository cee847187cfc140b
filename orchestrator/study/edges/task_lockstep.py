"""What a task says of training several trials at once: LOCKSTEP, and the partner of its function."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import TaskError
from orchestrator.messages.problems import brief, nearest
from orchestrator.study.edges.task_function import on_new_instance
from orchestrator.study.edges.task_settings import setting
from orchestrator.study.lockstep import PARTNER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from pydantic import BaseModel

    from orchestrator.study.edges.task_function import TaskFunction

_LIKE = 'as `LOCKSTEP = ("lr", "momentum")`'


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockstep:
    """How several trials of a task are trained as one batched model."""

    differ: frozenset[str]
    """Parameters in which they may differ, parts of parameters as `opt.lr`; seeds always may."""
    run: Callable[[list[Any], list[Any]], Iterator[tuple[int, dict[str, float] | Exception]]]
    """Given the parameters and the contexts of all it yields the place of each that has ended, and how."""


def lockstep_of(function: TaskFunction, module: ModuleType, model: type[BaseModel]) -> Lockstep | None:
    """Return how trials of a task are trained together; None where it has no partner for that.

    Raises TaskError where it has one that cannot be used.
    """
    name = function.name.rpartition(".")[2] + PARTNER
    holder: Any = function.owner or module
    partner = getattr(holder, name, None)
    if partner is None:
        return None
    if not inspect.isgeneratorfunction(partner):
        raise TaskError(
            f"`{function.name}{PARTNER}` is no generator function",
            f"write `def {name}(params, contexts)`, with `yield place, metrics` for each that has ended",
        )
    run = partner if function.owner is None else on_new_instance(function.owner, name)
    return Lockstep(differ=_differ(function, module, model), run=run)


def _differ(function: TaskFunction, module: ModuleType, model: type[BaseModel]) -> frozenset[str]:
    given = setting("LOCKSTEP", (), function, module)
    value = given.value
    if not isinstance(value, tuple | list) or not all(isinstance(name, str) for name in value):
        raise TaskError(
            f"`{given.name}` is `{brief(value)}`",
            f"make it names of parameters in which trials may differ, {_LIKE}",
        )
    for name in value:
        if name.partition(".")[0] not in model.model_fields:
            raise TaskError(
                f"`{given.name}` names `{name}`, and `{function.name}` has no such parameter",
                nearest(name, model.model_fields),
            )
    return frozenset(value)
