"""The arguments and options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestrator.verbs import completion


def given_path(text: str | Path) -> Path:
    """Return a path as it was typed; BadParameter for an empty one, which would mean the present folder."""
    if not str(text):
        raise typer.BadParameter("the path is empty; a variable of the shell may be unset")
    return Path(text)


StudyName = Annotated[
    str,
    typer.Argument(
        help="A study file, or the name of a study that was submitted.", autocompletion=completion.studies
    ),
]
File = Annotated[
    Path,
    typer.Argument(
        help="The study file.",
        parser=given_path,
        metavar="file",
        autocompletion=completion.study_files,
    ),
]
TrialId = Annotated[
    str, typer.Argument(help="A trial's id, or its beginning.", autocompletion=completion.trials)
]
Runs = Annotated[
    Path,
    typer.Option(
        "--runs", envvar="ORCHESTRATOR_RUNS", help="The run folder.", parser=given_path, metavar="<path>"
    ),
]
Data = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="ORCHESTRATOR_DATA",
        help="The folder of the datasets.",
        parser=given_path,
        metavar="<path>",
    ),
]
ClusterName = Annotated[
    str,
    typer.Option(
        "--cluster",
        help="local, a profile of slurm/, or a profile's file.",
        autocompletion=completion.clusters,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="STAGE.PARAM=VALUE", help="Override a value of the file."),
]
Skip = Annotated[
    bool,
    typer.Option("--skip-missing-data", help="Leave out what needs datasets or weights that are not there."),
]
Cpu = Annotated[bool, typer.Option("--cpu", help="Train on the CPU what asks for GPUs.")]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        help="Only this stage, or part of a composed study, and what it needs.",
        autocompletion=completion.parts,
    ),
]
Fresh = Annotated[
    list[str] | None,
    typer.Option(
        "--fresh",
        metavar="STAGE",
        help="Train this stage, and all that needs it, again with the code as it is.",
        autocompletion=completion.stages,
    ),
]
NoFresh = Annotated[
    list[str] | None,
    typer.Option(
        "--no-fresh",
        metavar="STAGE",
        help="Count the results from before `--fresh` again.",
        autocompletion=completion.stages,
    ),
]
RUNS, DATA = Path("runs"), Path("data")
