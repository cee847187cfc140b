"""MLflow, brought up to date beside a verb that does something else."""

from __future__ import annotations

import contextlib
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.messages.errors import (
    StoppedError,
    TrackingRefusedError,
    TrialsFailedError,
    UnlikeError,
)
from orchestrator.messages.terminal import say
from orchestrator.verbs.saying_next import typed_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.tracking.edges.replay_process import ReplayProcess

Mlflow = Annotated[
    bool,
    typer.Option(
        "--mlflow/--no-mlflow",
        envvar="ORCHESTRATOR_MLFLOW",
        help="Whether MLflow is brought up to date too.",
    ),
]
_ENDS_OF_VERBS = (StoppedError, TrialsFailedError, UnlikeError)
"""What a verb says at its end, when there is something to show."""


@contextlib.contextmanager
def kept_current(runs: RunFolder, study: str, *, mlflow: bool) -> Iterator[Callable[[], None]]:
    """Keep a study current in MLflow meanwhile, by another program, and wait at the end until it is.

    Yields what says the notes that there are. What happens to MLflow never changes how a verb ends; when
    that is interrupted or refuses what it was given, nobody waits.
    """
    if not mlflow:
        yield lambda: None
        return
    from orchestrator.tracking.edges.replay_process import ReplayProcess

    try:
        process = ReplayProcess(runs.path, study)
    except OSError as error:  # no more processes are allowed here
        say(f"note: MLflow is not brought up to date: {error}")
        yield lambda: None
        return
    try:
        try:
            yield lambda: _tell(process)
        except _ENDS_OF_VERBS:
            _finish(process, study, runs.path)
            raise
        _finish(process, study, runs.path)
    finally:
        process.kill()


def _tell(process: ReplayProcess) -> None:
    for message in process.heard():
        if "note" in message:
            say(message["note"])


def _finish(process: ReplayProcess, study: str, runs: Path) -> None:
    """Show how the rest is written; Ctrl-C leaves it."""
    lacking = ""
    try:
        from orchestrator.verbs.progress import Progress  # Ctrl-C may come while it is imported

        with Progress() as progress:
            progress.open()
            for message in process.finish():
                if "count" in message:
                    progress.count(*message["count"])
                elif "note" in message:
                    say(message["note"])
                else:
                    lacking = message["end"]
    except TrackingRefusedError as error:
        lacking = str(error)
    except KeyboardInterrupt:
        lacking = "Ctrl-C"
    if lacking:
        say(f"note: MLflow is not up to date: {lacking}")
        again = typed_again(f"python -m orchestrator report {shlex.quote(study)}", runs)
        say(f"    nothing is lost; this brings it up to date: {again}")
