"""What to type next, after each verb: the one sensible command, or nothing."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from orchestrator.evidence.state import State

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission

_COMMAND = "python -m orchestrator"


def command(*words: str) -> str:
    """Return a command of this program, as it is typed."""
    return f"{_COMMAND} {shlex.join(words)}"


def after_plan(name: str, submit: str, *, to_do: int, missing: bool, submitted: bool) -> str:
    """Return what follows a plan; `submit` is the command that carries it out."""
    if missing:
        return f"put there what is missing, then {submit}"
    return submit if to_do or not submitted else command("report", name)


def after_look(submission: Submission, seen: Seen, *, over: bool, stopped: bool, idle: bool) -> str:
    """Return what follows a look at a study; empty where what was said already says it.

    `over`: nothing goes on without a command; `idle`: there is work, and nobody takes it.
    """
    name, states = submission.study.name, seen.count()
    if stopped:
        return submission.again
    if idle:
        return command("advance", name)
    if not over:
        return command("watch", name)
    if states[State.FAILED]:
        return after_failure(submission)
    if states[State.CANCELLED]:
        return after_cancel(submission, whole=False)
    return command("report", name) if states[State.DONE] else ""


def after_failure(submission: Submission) -> str:
    """Return how failed trials are tried again: on a cluster `retry` itself starts workers."""
    retry = command("retry", submission.study.name)
    if submission.profile.here:
        return f"mend the cause, then {retry}"
    return f"mend the cause, submit again, then {retry}"


def after_retry(submission: Submission) -> str:
    """Return what follows a retry: on a cluster workers are queued already."""
    return submission.again if submission.profile.here else command("watch", submission.study.name)


def after_cancel(submission: Submission, *, whole: bool) -> str:
    """Return how what was cancelled is taken up again, the whole study or some trials of it."""
    return submission.again if whole else command("retry", submission.study.name)


def after_logs(trial: str, *, done: bool) -> str:
    """Return what follows the log of a trial; nothing where it is done, and that was said."""
    return "" if done else command("why", trial[:8])


def after_clean(name: str, kinds: tuple[str, ...]) -> str:
    """Return how that is removed which was listed."""
    return command("clean", name, *(word for kind in kinds for word in ("--kind", kind)), "--remove")


def after_report(name: str) -> str:
    """Return what follows the tables of a study: its trials side by side."""
    return command("ui", name)


def after_results(name: str) -> str:
    """Return what follows the trials as rows: the tables made of them."""
    return command("report", name)


def after_best(name: str, stage: str) -> str:
    """Return what follows the best of a stage: a study file of it."""
    return command("best", name, stage, "--yaml")
