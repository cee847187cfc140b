"""Cluster profiles: `slurm/<name>.yaml`."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from orchestrator.files.plain_file import is_plain
from orchestrator.messages.errors import NotFoundError, StudyFileError, UserError
from orchestrator.messages.problems import dotted
from orchestrator.messages.wording import mistakes
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.table import place_of


def find_profile(name: str) -> Profile:
    """Return the profile of a name or a file.

    Raises NotFoundError when there is none, UserError when it cannot be read or nobody knows its scheduler.
    """
    if name == LOCAL.name:
        return LOCAL
    profile = _read(_find_file(name))
    place_of(profile)
    return profile


def profile_files(name: str) -> list[Path]:
    """Return the file that a profile was read from; none for this machine."""
    return [] if name == LOCAL.name else [_find_file(name)]


def _find_file(name: str) -> Path:
    if name.endswith((".yaml", ".yml")):
        if is_plain(Path(name)):
            return Path(name)
        raise NotFoundError(f"there is no cluster profile `{name}`")
    folders = [Path.cwd() / "slurm", Path(__file__).resolve().parents[2] / "slurm"]
    for folder in folders:
        if is_plain(folder / f"{name}.yaml"):
            return folder / f"{name}.yaml"
    known = sorted({file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.yaml")})
    raise NotFoundError(
        f"there is no cluster `{name}`; known are local, {', '.join(known)}",
        hint=f"let it be written: python -m orchestrator doctor --write slurm/{name}.yaml, "
        "or give a file: --cluster PATH.yaml",
    )


def _read(file: Path) -> Profile:
    from orchestrator.files.yaml_file import read_yaml

    hint = "copy slurm/peregrine.yaml"
    try:
        document = read_yaml(file, start="name: NAME")
    except StudyFileError as error:
        raise UserError("\n".join(map(str, error.problems)), hint=hint) from None
    try:
        return Profile.model_validate(document.data)
    except ValidationError as error:
        found = mistakes(error, document.data, Profile)
        lines = [f"{document.where(one.keys)}: {dotted(one.keys)}: {one.message}" for one in found]
        hints = [one.hint for one in found if one.hint]
        raise UserError("\n".join(lines), hint="; ".join(hints) or None) from error
