"""Cluster profiles: `slurm/<name>.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from orchestrator.core.problems import dotted
from orchestrator.core.submission import LOCAL, Profile
from orchestrator.core.wording import faults
from orchestrator.errors import NotFoundError, UserError


def find_profile(name: str) -> Profile:
    """Return the profile of a name or a file.

    Raises NotFoundError when there is none, UserError when it cannot be read.
    """
    if name == LOCAL.name:
        return LOCAL
    file = _find_file(name)
    return _read(file)


def _find_file(name: str) -> Path:
    if name.endswith((".yaml", ".yml")):
        if Path(name).is_file():
            return Path(name)
        raise NotFoundError(f"there is no cluster profile `{name}`")
    folders = [Path.cwd() / "slurm", Path(__file__).resolve().parents[2] / "slurm"]
    for folder in folders:
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    known = sorted({file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.yaml")})
    raise NotFoundError(
        f"there is no cluster `{name}`; known are local, {', '.join(known)}",
        hint=f"write slurm/{name}.yaml (copy slurm/peregrine.yaml), or give a file: --cluster PATH.yaml",
    )


def _read(file: Path) -> Profile:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        values: Any = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise UserError(f"{file}: {error}") from error
    if not isinstance(values, dict):
        raise UserError(f"{file} holds no profile: it must be a mapping", hint="copy slurm/peregrine.yaml")
    try:
        return Profile.model_validate(values)
    except ValidationError as error:
        found = faults(error.errors(), values, Profile)
        lines = [f"{file}: {dotted(fault.keys)}: {fault.message}" for fault in found]
        hints = [fault.hint for fault in found if fault.hint]
        raise UserError("\n".join(lines), hint="; ".join(hints) or None) from error
