"""A stage's parameters against the model that its task declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ValidationError

from orchestrator.messages.wording import Mistake, mistakes

if TYPE_CHECKING:
    from collections.abc import Mapping


class TaskDescription(Protocol):
    """What has to be known of a task to check a study: the task itself is never called."""

    @property
    def version(self) -> int:
        """Raised by the task's author when results change meaning."""

    @property
    def model(self) -> type[BaseModel]:
        """The parameters: names, types, ranges, defaults."""


def check(task: TaskDescription, params: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """Return all parameters, defaults filled in, as JSON values; and what is wrong with the given ones.

    Names that the task does not have are the caller's to report; they are ignored here.
    """
    known = {name: value for name, value in params.items() if name in task.model.model_fields}
    try:
        return task.model.model_validate(known).model_dump(mode="json"), []
    except ValidationError as error:
        return {}, mistakes(error, known, task.model)
