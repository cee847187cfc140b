"""The verb that rehearses faults."""

from __future__ import annotations

import shlex
import shutil
import signal
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.terminal import give, say, show
from orchestrator.verbs.lookup import check_file, find_data, open_runs
from orchestrator.verbs.options import DATA, RUNS, ClusterName, Cpu, Data, File, Json, Only, Runs, Set

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def drill(
    file: File,
    set_: Set = None,
    only: Only = None,
    cluster: ClusterName = "local",
    cpu: Cpu = False,
    fault: Annotated[
        Optional[list[str]],
        typer.Option("--fault", help="Only this one: stop, kill, node, disk, scheduler or corrupt."),
    ] = None,
    trials: Annotated[
        int, typer.Option(min=1, help="Trials of each stage; what they need comes on top.")
    ] = 1,
    seed: Annotated[int, typer.Option(help="Draws the moments at which faults strike.")] = 0,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the copies to look at.")] = False,
    runs: Runs = RUNS,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Rehearse faults on a small copy of a study.

    Are results, after each fault, those of an undisturbed copy? What differs is said, with the usual reason.

    \b
    Examples:
      python -m orchestrator drill study.yaml --set train.epochs=3
      python -m orchestrator drill study.yaml --cluster peregrine --fault kill
    """
    from orchestrator.drill.drill import drill as rehearse
    from orchestrator.drill.drill import drill_folder
    from orchestrator.drill.drill_words import drill_json, drill_lines, drill_table, verdict
    from orchestrator.drill.sample import sample
    from orchestrator.drill.small_copy import Source
    from orchestrator.engine.missing_data import refuse, without_missing
    from orchestrator.engine.missing_gpus import on_cpu, refuse_without_gpus
    from orchestrator.engine.observe import look_ahead
    from orchestrator.places.profile_file import find_profile
    from orchestrator.study.read import read_study

    names = _faults(fault or ())
    check_file(file)
    folder = open_runs(runs).path / "drill"
    read = read_study(file, set_=set_ or (), only=only or ())
    profile, folder = find_profile(cluster), folder / read.study.name
    data = find_data(data)
    read = replace(read, study=on_cpu(read.study)) if cpu else read
    read = replace(read, study=sample(without_missing(read, data), trials))
    ahead = look_ahead(open_runs(folder), read.study, profile)
    refuse(read.study, ahead, file)
    refuse_without_gpus(read.study, ahead, profile, f"python -m orchestrator drill {shlex.quote(str(file))}")
    source = Source(read=read, profile=profile, data=data, given=file)
    for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: what was started for the copies must end too
        signal.signal(number, signal.default_int_handler)
    with drill_folder(folder, say):
        try:
            drilled = rehearse(source, folder, names, seed=seed, keep=keep, tell=_tell)
        except KeyboardInterrupt:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if drilled.equal and not keep:
            shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        give(drill_json(drilled))
    else:
        show(drill_table(drilled))
    kept = [f"the copies stay in {folder}"] if keep and drilled.equal else []
    for line in (*drill_lines(drilled), *kept, *verdict(drilled, _submit(file, cluster, cpu=cpu))):
        say(line)
    raise typer.Exit(0 if drilled.equal else 1)


def _faults(given: Sequence[str]) -> list[str]:
    from orchestrator.drill.faults import FAULTS
    from orchestrator.messages.problems import listed, nearest

    unknown = [name for name in given if name not in FAULTS]
    if unknown:
        raise NotFoundError(f"there is no fault {listed(unknown)}", hint=nearest(unknown[0], FAULTS))
    return [name for name in FAULTS if not given or name in given]


def _submit(file: Path, cluster: str, *, cpu: bool) -> str:
    words = ["python", "-m", "orchestrator", "submit", str(file)]
    return shlex.join(words + (["--cluster", cluster] if cluster != "local" else []) + ["--cpu"] * cpu)


def _tell(text: str) -> None:
    say(f"{time.strftime('%H:%M:%S')} {text}")
