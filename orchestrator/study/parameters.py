"""A stage's parameters against the model that its task declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ValidationError

from orchestrator.messages.errors import ParameterError
from orchestrator.messages.problems import brief, dotted
from orchestrator.messages.wording import Mistake, mistakes
from orchestrator.study.parameter_forms import as_declared
from orchestrator.study.parameter_model import broken, written
from orchestrator.study.parameter_names import renamed, unknown_keys, unnamed

if TYPE_CHECKING:
    from collections.abc import Mapping

KEEP_DEFAULT = (
    "write a default that stays what it is, without clock, chance or counter: "
    "a trial is named by its parameters, and would be trained again at each submit"
)


class TaskDescription(Protocol):
    """What has to be known of a task to check a study: the task itself is never called."""

    @property
    def version(self) -> int:
        """Raised by the task's author when results change meaning."""

    @property
    def model(self) -> type[BaseModel]:
        """The parameters: names, types, ranges, defaults."""

    @property
    def lockstep(self) -> object | None:
        """How several of its trials are trained at once; None where that is not possible."""


def check(task: TaskDescription, params: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """Return all parameters, defaults filled in, as JSON values; and what is wrong with them.

    Names that the task does not have are the caller's to report; they are ignored here.
    """
    known = {name: value for name, value in params.items() if name in task.model.model_fields}
    if wrong := list(unnamed(task.model, known)):
        return {}, wrong
    try:
        held = task.model.model_validate(known)
    except ValidationError as error:
        return {}, mistakes(error, known, task.model)
    except Exception as error:  # a validator may raise anything
        return {}, [broken(task.model, error)]
    values, wrong = written(held)
    wrong.extend(unknown_keys(known, held))
    wrong.extend(renamed(held, values))
    return ({}, wrong) if wrong else (values, [])


def unsteady(task: TaskDescription, params: Mapping[str, Any]) -> list[Mistake]:
    """Return the parameters that are others each time they are looked at: a trial would never be done."""
    (first, wrong), (second, _) = check(task, params), check(task, params)
    if wrong:
        return []
    return [
        Mistake(
            keys=(name,),
            message=f"its default is another each time: {brief(value)}, then {brief(second.get(name))}",
            hint=KEEP_DEFAULT,
        )
        for name, value in first.items()
        if value != second.get(name)
    ]


def handed(task: TaskDescription, params: Mapping[str, Any]) -> Any:
    """Return a trial's parameters as its task takes them.

    Raises ParameterError where they are not what is written, which plans cannot always foresee: a search
    chooses values, and this may be another machine.
    """
    held = task.model.model_validate(params)
    wrong = written(held)[1]
    if wrong:
        told = "; ".join(f"parameter `{dotted(mistake.keys)}`: {mistake.message}" for mistake in wrong)
        raise ParameterError(told, wrong[0].hint)
    return as_declared(held)
