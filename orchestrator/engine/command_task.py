"""The task of stages that are commands: run a program that knows nothing of us, and read its metrics."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.engine.command_nodes import own_nodes
from orchestrator.engine.command_places import command_words, given_to, places_of, write_members
from orchestrator.engine.command_readings import Readings
from orchestrator.engine.edges.command_program import Program, newest
from orchestrator.engine.edges.spread_program import SpreadProgram
from orchestrator.files.strangers import make_folder
from orchestrator.messages.errors import CommandError
from orchestrator.study.command import NEED, CommandParameters, as_text, filled_text
from orchestrator.study.command_checks import need_variable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.engine.command_nodes import Nodes
    from orchestrator.engine.context import Context
    from orchestrator.study.command import Command

_LOOK_S = 0.5
_QUIET_S = 1.0
"""So long nothing was written into the checkpoint folder when a stop is passed on: a program that does not
listen is cut off, and may be in the middle of a file, or between two files that belong together."""
_MOST_PATIENT_S = 10.0
"""Then it is passed on in any case."""
_RANKS = ("PROCID", "LOCALID", "NODEID", "GTIDS", "NTASKS", "NPROCS", "NTASKS_PER_NODE", "TASKS_PER_NODE")
"""What Slurm tells a worker of ranks. Libraries that see it take a trial for one of several that srun has
started, wait for the others, or requeue the worker's job."""
_TOLD_ELSEWHERE_S = 5.0
"""A scheduler that ends a job tells all of its processes at once: the program may end before we are told."""


def run(params: CommandParameters, context: Context) -> dict[str, float]:
    """Run the command to its end and return the last number of each metric; a program may have none."""
    command = params.command
    places = places_of(command, context.folder, context.trial, context.data, context.code)
    given = given_to(params, context.seed)
    nodes = own_nodes(str(context.attempt))
    values = {**given, **places, **nodes.words}
    words = command_words(command, values)
    for folder in (context.checkpoint, context.folder.artifacts):
        make_folder(folder)
    write_members(context.folder, context.trial)
    link_modules(context.code)
    print(f"$ {shlex.join(words)}", flush=True)  # noqa: T201 - the trial's own log
    readings = Readings(command, places, context)
    variables = environment(command, values, context, nodes) | {"ORCHESTRATOR_PARAMETERS": as_text(given)}
    told_by = signal.Signals[f"SIG{command.stop_signal}"]
    program = started(words, variables, told_by, nodes)
    code = followed(program, told_by, readings, context)
    if code:
        raise CommandError(_how(code), readings.tail())
    return readings.final()


def environment(
    command: Command, values: Mapping[str, Any], context: Context, nodes: Nodes
) -> dict[str, str]:
    """Return the variables that the program sees; our own Python is the first to be found."""
    own = {
        "CHECKPOINT": values["checkpoint"],
        "ARTIFACTS": values["artifacts"],
        "METRICS": values["metrics"],
        "RESULT": values["result"],
        "DATA": values["data"],
        "CODE": values["code"],
        "SEED": str(context.seed),
        "RESUME": str(int(newest(context.checkpoint) > 0)),
        "TRIAL": context.folder.id,
    }
    needed = [(name, path) for name, path in values.items() if name.startswith(NEED)]
    ranks = {f"SLURM_{name}" for name in _RANKS}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {
        "PYTHONUNBUFFERED": "1",
        **{name: value for name, value in os.environ.items() if name not in ranks},
        "PATH": path,
        **{f"ORCHESTRATOR_{name}": value for name, value in own.items()},
        **nodes.variables,
        **{need_variable(name.removeprefix(NEED)): path for name, path in needed},
        **{name: filled_text(text, values) for name, text in command.environment.items()},
    }


def started(
    words: list[str], variables: Mapping[str, str], told_by: signal.Signals, nodes: Nodes
) -> Program | SpreadProgram:
    """Start the program, on each node of several; CommandError where there is none, or it cannot be run."""
    try:
        if nodes.starter:
            return SpreadProgram(words, variables, told_by, starter=nodes.starter, variable=nodes.variable)
        return Program(words, variables, told_by)
    except OSError as error:
        raise CommandError(f"`{words[0]}` cannot be run: {error.strerror}", str(error)) from error


def followed(
    program: Program | SpreadProgram, told_by: signal.Signals, readings: Readings, context: Context
) -> int:
    """Follow the program to its end, pass a stop on to it; return its exit code.

    Raises InterruptedError where it was told to stop.
    """
    asked = told = 0.0
    while (code := program.wait(_LOOK_S)) is None:
        readings.look()
        if not told and context.stopping:
            asked = asked or time.monotonic()
            since_written = time.time() - newest(context.checkpoint) / 1e9
            if is_moment(time.monotonic() - asked, since_written) and context.should_stop():
                program.tell(told_by)
                told = time.monotonic()
    readings.look(end=True, took=time.monotonic() - told if told else 0.0)
    if code in (-signal.SIGTERM, 128 + signal.SIGTERM):
        _wait_for_word(context)
    if told or (code and context.signalled):
        raise InterruptedError(f"the program was told to stop: {_how(code)}")
    if code == -signal.SIGKILL:
        os.kill(os.getpid(), signal.SIGKILL)  # the worker finds out why, as for any trial
    return code


def is_moment(waited: float, since_written: float) -> bool:
    """Say whether to pass a stop on that has waited so long, so long after the last write of a checkpoint."""
    return since_written >= _QUIET_S or waited >= _MOST_PATIENT_S


def _wait_for_word(context: Context) -> None:
    until = time.monotonic() + _TOLD_ELSEWHERE_S
    while not context.signalled and time.monotonic() < until:
        time.sleep(_LOOK_S)


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


def link_modules(code: Path) -> None:
    """Lay links to the project's Python files beside those to its other files: a program names them so."""
    for file in code.glob("*.py"):
        link = Path.cwd() / file.name
        if not link.is_symlink() and not link.exists():
            link.symlink_to(file)
