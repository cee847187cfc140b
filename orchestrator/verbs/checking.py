"""The verb that looks at a place before anything is trained there."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Optional

import typer

from orchestrator.messages.terminal import give, say, show
from orchestrator.verbs import completion
from orchestrator.verbs.lookup import check_file, open_runs
from orchestrator.verbs.options import RUNS, Json, Runs, given_path


def doctor(
    cluster: Annotated[
        Optional[str],
        typer.Option(
            help="A profile of slurm/, or a profile's file; else this machine.",
            autocompletion=completion.clusters,
        ),
    ] = None,
    partition: Annotated[
        Optional[str], typer.Option(help="Look at this partition; without --cluster there is no profile yet.")
    ] = None,
    write: Annotated[
        Optional[Path],
        typer.Option(metavar="FILE.yaml", help="Write the profile that follows.", parser=given_path),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --write replace a file.")] = False,
    no_jobs: Annotated[bool, typer.Option("--no-jobs", help="Only ask Slurm: submit no probe job.")] = False,
    patience: Annotated[str, typer.Option(help="How long a probe job may wait in the queue.")] = "10min",
    keep: Annotated[bool, typer.Option("--keep", help="Keep RUNS/doctor/..., where nodes wrote.")] = False,
    runs: Runs = RUNS,
    as_json: Json = False,
) -> None:
    """Look at what this machine or a cluster allows.

    What its nodes offer, and what its profile should say. Exit code 1 where something is wrong or stays open.

    \b
    Examples:
      python -m orchestrator doctor
      python -m orchestrator doctor --cluster peregrine
      python -m orchestrator doctor --write slurm/mine.yaml
    """
    from orchestrator.doctor.doctor import Wish, examine_cluster, examine_machine, read_given, write_profile
    from orchestrator.doctor.doctor_words import advice, examination_json, examination_table

    if write:
        check_file(write, "profile")
    profile, seconds = read_given(cluster, partition, write, patience, force=force)
    wish, folder = Wish(jobs=not no_jobs, patience=seconds, keep=keep), open_runs(runs)
    if profile is None:
        diagnosis = examine_machine(folder, wish, say)
    else:
        diagnosis = examine_cluster(profile, folder, wish, say, new=cluster is None)
    if as_json:
        give(examination_json(diagnosis))
    else:
        show(examination_table(diagnosis))
    if write:
        write_profile(diagnosis, write, time.strftime("%Y-%m-%d"))
    for line in advice(diagnosis, cluster, str(write) if write else None):
        say(line)
    if not diagnosis.sound:
        raise typer.Exit(1)
