"""Every error this program raises on purpose.

OrchestratorError            exit code 1
├── TrialsFailedError        1   the study ended, but trials failed
├── SchedulerError           1   sbatch, squeue or scancel did not do what was asked
│   ├── QueueFullError       1   there is no room for so many jobs now
│   └── SilentError          1   the scheduler does not answer now
├── SearchError              1   a search gives no answer
├── StalledError             1   workers end before they take a trial
├── UnlikeError              1   a table compares trials that are unlike, and --strict was given
├── StoppedError             1   the study is stopped, and nothing of it is started
├── OutputError              1   standard output cannot be written
├── TrackingBusyError        1   another program is writing to MLflow
├── TrackingRefusedError     1   MLflow does not take what is written to it
│   └── TrackingAwayError    1   its server does not answer at all
├── InternalEvidenceError    1   a file of the run folder says something impossible
└── UserError                2   something the user gave
    ├── StudyFileError       2   all problems of a study file at once
    ├── TaskError            2   a task cannot be found, imported or called
    ├── ParameterError       2   parameters become others on the way to a task
    ├── CommandError         2   a command failed, or cannot be run
    ├── MissingDataError     2   datasets or weights that the study needs are not there
    ├── MissingGpusError     2   the place has fewer GPUs than the study asks for
    └── NotFoundError        2   no such study, trial, profile or table
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class OrchestratorError(Exception):
    """An error with an exit code and, where one helps, the next thing to type."""

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        if hint:  # so that a traceback in Python or in a notebook shows it too
            self.add_note(f"hint: {hint}")


class TrialsFailedError(OrchestratorError):
    """The study ended, but some of its trials failed."""


class SchedulerError(OrchestratorError):
    """A command of the scheduler failed."""


class QueueFullError(SchedulerError):
    """The queue takes no more jobs of this user now."""


class SilentError(SchedulerError):
    """The scheduler does not answer properly, so that nobody knows what it did."""


class SearchError(OrchestratorError):
    """A sampler failed, so that a search gives no answer."""


class StalledError(OrchestratorError):
    """Workers end before they claim anything."""


class StoppedError(OrchestratorError):
    """The study is stopped: nothing of it is started until it is submitted again."""


class UnlikeError(OrchestratorError):
    """A table compares trials that are unlike in more than what it compares."""


class InternalEvidenceError(OrchestratorError):
    """A file of the run folder contradicts its own name or version."""


class TrackingBusyError(OrchestratorError):
    """Another program is writing to MLflow."""

    def __init__(self, message: str, hint: str | None = None, kept: Sequence[str] = ()) -> None:
        """`kept` are the studies that the other program goes on to keep current."""
        super().__init__(message, hint)
        self.kept = frozenset(kept)


class TrackingRefusedError(OrchestratorError):
    """MLflow did not take what was written to it, or its server is away."""


class TrackingAwayError(TrackingRefusedError):
    """A tracking server does not answer at all."""


class OutputError(OrchestratorError):
    """What was asked for is done, but cannot be printed."""


class UserError(OrchestratorError):
    """Something the user gave is wrong."""

    exit_code = 2


class NotFoundError(UserError):
    """What the user named is not there."""


class TaskError(UserError):
    """A task cannot be found, imported or called."""


class ParameterError(UserError):
    """What is written as a trial's parameters is not what its task would be handed."""


class CommandError(UserError):
    """A command failed, or cannot be run."""

    def __init__(self, message: str, printed: str) -> None:
        """`printed` is the end of what it printed, which says why."""
        self.printed = printed
        last = next((line.strip() for line in reversed(printed.splitlines()) if line.strip()), "")
        super().__init__(f"{message}: {last}" if last else message)


class MissingDataError(UserError):
    """Datasets or weights that the study needs are not there."""


class MissingGpusError(UserError):
    """The place has fewer GPUs than the study asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a study file."""

    where: str
    """`file:line`, as an editor understands it; empty for what no file says."""
    path: str
    """Where in the study, as `stages.gender.params.lr`."""
    message: str
    """What was given and what is allowed."""
    hint: str | None = None
    """What to type instead."""

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.where, self.path, self.message) if part)
        return f"{text}\n    hint: {self.hint}" if self.hint else text


class StudyFileError(UserError):
    """A study file, or a report file of it, cannot be used; carries all its problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problem" + ("s" if len(self.problems) != 1 else "")
        head = f"{count} in {_place(self.problems)}, nothing was written:"
        super().__init__("\n".join([head, *map(str, self.problems)]))


def _place(problems: Sequence[Problem]) -> str:
    """Return the file that all problems stand in, which may be a report's; else the study."""
    files = {problem.where.rpartition(":")[0] for problem in problems}
    return f"`{files.pop()}`" if len(files) == 1 and "" not in files else "the study"
