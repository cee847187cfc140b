"""The words of a command as they are run: where the files and folders that they name lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.engine.edges.command_program import newest
from orchestrator.study.command import NEED, filled, filled_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.study.command import Command, CommandParameters


def given_to(params: CommandParameters, seed: int) -> dict[str, Any]:
    """Return the values that a command may refer to, by their names."""
    return {**(params.model_extra or {}), "seed": seed}


def places_of(
    command: Command, folder: TrialFolder, needs: Mapping[str, str], data: Path, code: Path
) -> dict[str, str]:
    """Return the folders and files that a command may refer to, whether they are there or not.

    Raises FileNotFoundError where the folder of a needed trial is gone.
    """
    needed = {name: folder.needed(trial).artifacts for name, trial in needs.items()}
    places = {
        "checkpoint": str(folder.checkpoint),
        "artifacts": str(folder.artifacts),
        "data": str(needed.get("data", data)),
        "code": str(code),
        **{f"{NEED}{name}": str(artifacts) for name, artifacts in needed.items()},
    }
    files = {"metrics": command.lines, "result": command.result}
    return places | {name: str(Path.cwd() / filled_text(file, places)) for name, file in files.items()}


def command_words(command: Command, values: Mapping[str, Any]) -> list[str]:
    """Return the words as they are run: those to resume with once what they name is there."""
    words, more = filled(command.words, values), filled(command.resume, values)
    folder = str(values["checkpoint"])
    named = [Path(word[word.index(folder) :]) for word in more if folder in word]
    there = all(path.exists() for path in named) if named else newest(Path(folder)) > 0
    return [*words, *more] if there else words
