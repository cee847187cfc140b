"""The command of a trial as one would type it by hand."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.command_places import command_words, given_to, places_of
from orchestrator.study.command import TASK, CommandParameters, filled_text

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.trial import Trial

_PORT = 29500
"""torchrun's own."""


def by_hand(runs: RunFolder, submission: Submission, trial: Trial) -> list[str]:
    """Return what to type in the project's folder to do what a trial does; nothing where it is a task."""
    if trial.task != TASK:
        return []
    params = CommandParameters.model_validate(trial.params)
    code = runs.study(submission.study.name) / "code" / submission.code
    try:
        places = places_of(params.command, runs.trial(trial), trial, Path(submission.data), code)
    except FileNotFoundError as error:  # what it needs was not trained yet
        return [f"  by hand: not yet, {error}"]
    shape = submission.study.stage(trial.stage).shape_of(trial)
    nodes = {"nodes": shape.nodes, "gpus": shape.gpus, "rendezvous": f"localhost:{_PORT}"}
    values = {**given_to(params, trial.seed), **places, **nodes}
    texts = params.command.environment.items()
    variables = [f"{name}={shlex.quote(filled_text(text, values))}" for name, text in texts]
    return [f"  by hand: {' '.join([*variables, shlex.join(command_words(params.command, values))])}"]
