"""The command line: one table of verbs, and the one place where errors become words and exit codes.

Exit codes: 0 what was asked is done, what was to be skipped left out · 1 trials failed, nothing can be the
best, the study was stopped, the scheduler refused, `report --strict` found unlike trials compared, or a file
or the output cannot be written · 2 the user gave something wrong, or what the study needs is not there ·
130 Ctrl-C · 143 TERM.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.errors import OrchestratorError, UserError
from orchestrator.messages.terminal import say
from orchestrator.verbs import (
    best,
    changing,
    checking,
    cleaning,
    comparing_studies,
    exporting,
    following,
    optuna_export,
    planning,
    rehearsing,
    reproducing,
    showing,
    submitting,
    table,
    writing,
)
from orchestrator.verbs.by_purpose import ByPurpose

if TYPE_CHECKING:
    from collections.abc import Iterator

VERBS = {
    "Run a study": (planning.plan, submitting.submit),
    "Follow it": (following.status, following.watch, following.why, following.logs),
    "Change its course": (following.advance, changing.cancel, changing.retry, cleaning.clean),
    "See its results": (
        showing.report,
        table.table,
        best.best,
        exporting.results,
        showing.ui,
        optuna_export.export,
        reproducing.reproduce,
        comparing_studies.compare,
    ),
    "Before you commit weeks": (checking.doctor, rehearsing.drill),
    "While you write": (writing.schema,),
}
"""What one wants to do -> the verbs for it."""

PROGRAM = "orchestrator"
"""What shells complete: they know no `python -m orchestrator`."""
_ASKS = "_ORCHESTRATOR_COMPLETE"
"""Set by a shell that asks what may follow."""

app = typer.Typer(
    cls=ByPurpose,
    no_args_is_help=True,
    rich_markup_mode=None,  # rich would double the time of --help
    pretty_exceptions_enable=False,
    help="One YAML study file becomes trained trials, MLflow runs and paper tables.",
    epilog="COMMAND --help shows its options, and examples to type.",
)
for purpose, verbs in VERBS.items():
    for verb in verbs:
        app.command(rich_help_panel=purpose)(verb)


@contextmanager
def _never_held_up() -> Iterator[None]:
    """End with the same exit code though the module of a task has started a thread that goes on."""
    try:
        yield
    except SystemExit as end:
        from orchestrator.study.edges.task_import import left_running

        if left_running():
            say("note: this ends without waiting for threads that the modules of tasks have started")
            with suppress(OSError, ValueError):  # nobody may read any more
                sys.stdout.flush()
            os._exit(end.code if isinstance(end.code, int) else 1)
        raise


@_never_held_up()
def main() -> None:
    """Run the command line."""
    _make_streams_usable()
    bar_strangers()
    if _ASKS in os.environ:  # whatever is said would stand in the middle of what is typed
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123,SIM115 - until the end
    about_completion = sys.argv[1:2] in (["--show-completion"], ["--install-completion"])
    try:
        _check_present_folder()
        code = app(standalone_mode=False, complete_var=_ASKS, prog_name=PROGRAM if about_completion else None)
    except OrchestratorError as error:
        raise _told(error) from None
    except OSError as error:  # a full disk, a folder that may not be written
        hint = "mend it, or name another run folder with --runs; the same command goes on"
        text = f"{error.strerror or error}: `{error.filename or 'the run folder'}`"
        raise _told(OrchestratorError(text, hint)) from None
    except Exception as error:  # click's own errors know how to show themselves
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            raise SystemExit(error.exit_code) from None
        raise
    raise SystemExit(code if isinstance(code, int) else 0)


def _check_present_folder() -> None:
    """Raise UserError where the folder in which the command was typed was removed meanwhile."""
    try:
        Path.cwd()
    except FileNotFoundError:
        raise UserError(
            "the folder in which this was typed is gone", hint="cd to one that is there"
        ) from None


def _told(error: OrchestratorError) -> SystemExit:
    """Tell an error, and return the end that follows."""
    say(f"error: {error}")
    if error.hint:
        say(f"hint: {error.hint}")
    return SystemExit(error.exit_code)


def _make_streams_usable() -> None:
    """Open the streams that were closed (`>&-`), and let none refuse a letter that its encoding lacks."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123,SIM115 - until the end
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
