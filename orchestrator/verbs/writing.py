"""The verb that tells editors what files may say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from orchestrator.messages.errors import UserError
from orchestrator.messages.terminal import give, say
from orchestrator.verbs import completion
from orchestrator.verbs.options import given_path


def schema(
    kind: Annotated[
        Literal["study", "report", "profile"], typer.Argument(help="What kind of file.")
    ] = "study",
    study: Annotated[
        Optional[Path],
        typer.Option(
            help="A study file: with its axes, stages, shapes and parameters.",
            parser=given_path,
            metavar="FILE",
            autocompletion=completion.study_files,
        ),
    ] = None,
) -> None:
    """Print the JSON Schema by which editors check what is written.

    A file names it in its first line, relative to itself: # yaml-language-server: $schema=study.json

    \b
    Examples:
      python -m orchestrator schema
      python -m orchestrator schema profile
      python -m orchestrator schema study --study study.yaml
    """
    from orchestrator.schemas.kinds import shipped_schema
    from orchestrator.schemas.named_in_study import schema_of_study
    from orchestrator.study.read import read_draft

    if study is None:
        give(shipped_schema(kind))
        return
    if kind != "study":
        raise UserError(
            f"--study is for the schema of study files, not of {kind} files",
            hint=f"type: python -m orchestrator schema study --study {study}",
        )
    draft = read_draft(study)
    for problem in draft.problems:
        say(f"note: left out: {problem}")
    models = {stage: task.model for stage, task in draft.tasks.items()}
    give(schema_of_study(draft.file, draft.axes, models, lambda text: say(f"note: {text}")))
