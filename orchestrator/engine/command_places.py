"""The words of a command as they are run: where the files and folders that they name lie."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.engine.edges.command_program import newest
from orchestrator.engine.members import members
from orchestrator.files.record_file import write_beside
from orchestrator.files.strangers import make_folder
from orchestrator.study.command import EACH, NEED, filled, filled_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.engine.members import GatheredTrial
    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.study.command import Command, CommandParameters
    from orchestrator.study.trial import Gathered, Trial


def given_to(params: CommandParameters, seed: int) -> dict[str, Any]:
    """Return the values that a command may refer to, by their names."""
    return {**(params.model_extra or {}), "seed": seed}


def places_of(command: Command, folder: TrialFolder, trial: Trial, data: Path, code: Path) -> dict[str, Any]:
    """Return the folders and files that a command may refer to, whether they are there or not.

    A need is the artifacts folder of its trial; one with `all` is a file that lists its trials, and each of
    their folders.
    Raises FileNotFoundError where the folder of a needed trial is gone.
    """
    needed = {name: folder.needed(other).artifacts for name, other in trial.needs.items()}
    lists = {name: members_file(folder, name) for name in trial.gathered}
    places = {
        "checkpoint": str(folder.checkpoint),
        "artifacts": str(folder.artifacts),
        "data": str(needed.get("data", data)),
        "code": str(code),
        **{f"{NEED}{name}": str(path) for name, path in (needed | lists).items()},
        **{f"{EACH}{name}": _folders(folder, gathered) for name, gathered in trial.gathered.items()},
    }
    files = {"metrics": command.lines, "result": command.result}
    return places | {name: str(Path.cwd() / filled_text(file, places)) for name, file in files.items()}


def _folders(folder: TrialFolder, gathered: Gathered) -> list[str]:
    ids = [member.id for member in gathered.members]
    found = folder.each_needed(ids)
    return [str(found[identity].artifacts) for identity in ids]


def members_file(folder: TrialFolder, need: str) -> Path:
    """Return the file that lists the trials of a need with `all`."""
    return folder.path / "needs" / f"{re.sub('[^A-Za-z0-9_.-]', '_', need)}.json"


def write_members(folder: TrialFolder, trial: Trial) -> None:
    """Write what each need with `all` leads to: its trials with axes, artifacts and metrics."""
    for name, gathered in trial.gathered.items():
        listed = [_written(member) for member in members(folder, gathered)]
        file = members_file(folder, name)
        make_folder(file.parent)
        write_beside(file, json.dumps(listed, indent=1))


def _written(member: GatheredTrial) -> dict[str, Any]:
    """Return a trial as JSON values: metrics that are not finite, which JSON does not know, as null."""
    finite = {name: value if math.isfinite(value) else None for name, value in member.metrics.items()}
    return asdict(member) | {"artifacts": str(member.artifacts), "metrics": finite}


def command_words(command: Command, values: Mapping[str, Any]) -> list[str]:
    """Return the words as they are run: those to resume with once what they name is there."""
    words, more = filled(command.words, values), filled(command.resume, values)
    folder = str(values["checkpoint"])
    named = [Path(word[word.index(folder) :]) for word in more if folder in word]
    there = all(path.exists() for path in named) if named else newest(Path(folder)) > 0
    return [*words, *more] if there else words
