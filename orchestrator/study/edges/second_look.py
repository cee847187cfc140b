"""Whether defaults of parameters are the same in another program: a trial is named by them.

What a clock, chance, a process number or the order of hashes has made is not.
`python -m orchestrator.study.edges.second_look TASK...` is that other program.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter

from orchestrator.messages.errors import Problem, StudyFileError, TaskError
from orchestrator.messages.problems import brief, dotted
from orchestrator.study.edges.task_import import talking
from orchestrator.study.edges.task_source import find_task
from orchestrator.study.parameters import KEEP_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.messages.problems import Locate
    from orchestrator.study.edges.task_source import Task
    from orchestrator.study.study import Study

_PATIENCE_S = 60.0
"""An import that takes longer shows nothing."""
_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


class SecondLook:
    """A second program that imports the same tasks, while this one goes on."""

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self._tasks = tasks
        command = [sys.executable, "-m", "orchestrator.study.edges.second_look", *tasks]
        self._program = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def compare(self, study: Study, where: Locate) -> None:
        """Raise StudyFileError where the study's trials have a default that is another in the second program.

        Nothing is told where that program fails: this one has imported the same.
        """
        there = self._answer()
        problems = {
            (stage.task, name): Problem(
                where=where(("stages", stage.name, "task")),
                path=dotted(("stages", stage.name, "task")),
                message=f"parameter `{name}` of `{stage.task}`: its default is another in each program: "
                f"{brief(mine)}, then {brief(other)}",
                hint=KEEP_DEFAULT,
            )
            for stage in study.stages
            for name, mine, other in _differing(self._tasks[stage.task].model, there.get(stage.task, {}))
            if any(point.params.get(name) == mine for point in stage.points)
        }
        if problems:
            raise StudyFileError(list(problems.values()))

    def _answer(self) -> dict[str, dict[str, Any]]:
        try:
            printed, _ = self._program.communicate(timeout=_PATIENCE_S)
            answer: dict[str, dict[str, Any]] = json.loads(printed)
        except (subprocess.TimeoutExpired, ValueError):
            self._program.kill()
            self._program.communicate()
            return {}
        return answer


def _differing(model: type[BaseModel], there: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Give each field whose default is another there: its name, the default here, the one there."""
    for name, mine in _defaults(model).items():
        if name in there and there[name] != mine:
            yield name, mine, there[name]


def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    """Return the defaults that can be made and written without anything given, as JSON values."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if not field.is_required():
            with suppress(Exception):  # a factory may raise anything
                value = field.get_default(call_default_factory=True, validated_data={})
                found[name] = json.loads(_ANYTHING.dump_json(value))
    return found


def main() -> None:
    """Print the defaults of tasks, and end whatever their modules have started."""
    found = {}
    with talking():
        for name in sys.argv[1:]:
            with suppress(TaskError):
                found[name] = _defaults(find_task(name).model)
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
