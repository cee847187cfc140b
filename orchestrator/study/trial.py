"""A trial: one point of a study with one seed, named by what can change its result."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from orchestrator.study.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1
_PARTING = ",:[]{}"


def _readable(version: int) -> int:
    if version != FORMAT:
        raise ValueError(f"it is of format {version}, and this version of the program reads format {FORMAT}")
    return version


FreshSince = Annotated[str, Field(exclude_if=lambda fresh: not fresh)]
"""The code as of which a stage is trained again, beside the results it had; empty where it never was."""
Format = Annotated[int, AfterValidator(_readable)]
"""The format version of a file of the run folder; another one than ours is refused."""


class Stored(BaseModel):
    """What stands in a file of the run folder."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    format: Format = FORMAT


class Member(BaseModel):
    """One of the trials that a need gathers."""

    model_config = ConfigDict(frozen=True)

    id: str
    axes: dict[str, Any]
    """Its point, and what a search chose where it comes from one."""


class Gathered(BaseModel):
    """The trials that a need with `all` leads to; points that gather the same ones share the value."""

    model_config = ConfigDict(frozen=True)

    members: tuple[Member, ...]
    """In the order of the plan."""
    without: tuple[dict[str, Any], ...] = Field(default=(), exclude_if=lambda axes: not axes)
    """The axes of those that are left out because they have no result."""

    @cached_property
    def key(self) -> str:
        """A name for what the task is shown: the members, their axes and their order."""
        return digest([[member.id, member.axes] for member in self.members])


class Trial(BaseModel):
    """One point of a stage, ready to be written, claimed and tabulated."""

    model_config = ConfigDict(frozen=True)

    id: str
    stage: str
    task: str
    version: int
    params: dict[str, Any]
    seed: int
    needs: dict[str, str]
    """Name of the need -> id of the trial it is."""
    gathered: dict[str, Gathered] = Field(default_factory=dict, exclude_if=lambda gathered: not gathered)
    """Name of each need with `all` -> the trials it leads to."""
    axes: dict[str, Any]
    """The point: what the study calls this trial, for tables and joins; the seed included."""
    fresh: FreshSince = ""
    missing: tuple[str, ...] = ()
    """What its task did not find when the study was submitted; such a trial is skipped."""
    shape: Shape | None = None
    """What its worker must have; None where that is what its stage says. The id does not depend on it."""

    @property
    def folder(self) -> str:
        """The folder's name: it depends on the content alone, so that two studies share it."""
        return f"{self.task}-{self.id}"

    @property
    def needed_ids(self) -> tuple[str, ...]:
        """The ids of all trials that it needs, gathered ones included."""
        return needed_ids(self.needs, self.gathered)

    @property
    def axes_text(self) -> str:
        """The axes as one text."""
        return axes_text(self.axes)


def needed_ids(needs: Mapping[str, str], gathered: Mapping[str, Gathered]) -> tuple[str, ...]:
    """Return the ids of all trials that needs lead to."""
    return (*needs.values(), *(member.id for group in gathered.values() for member in group.members))


def needed_content(needs: Mapping[str, str], gathered: Mapping[str, Gathered]) -> dict[str, Any]:
    """Return what is hashed of needs; what gathers nothing has the hash it had before there was `all`."""
    keys = {name: group.key for name, group in gathered.items()}
    return {"needs": dict(needs), **({"gathered": keys} if keys else {})}


def axes_text(axes: Mapping[str, Any]) -> str:
    """Return the axes of a point as one text."""
    return " ".join(f"{axis}={quoted(value)}" for axis, value in axes.items()) or "-"


def quoted(value: object, inside: str = "") -> str:
    """Return a value in one line of YAML, in quotes where it is a text that looks like something else.

    `inside` are further signs that a text is not to have: those that part a list or a mapping around it.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {quoted(part, _PARTING)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(quoted(part, _PARTING) for part in value) + "]"
    if not isinstance(value, str):
        return str(value)
    looks_else = value.lower() in {"true", "false", "null"} or value[:1] in set("[{") or _is_number(value)
    return f'"{value}"' if looks_else or any(sign in value for sign in inside) else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return any(sign.isdigit() for sign in text)


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True)


def digest(value: object) -> str:
    """Return 16 hex digits that name a JSON value."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:16]


def trial_id(
    *,
    task: str,
    version: int,
    params: Mapping[str, Any],
    seed: int,
    needs: Mapping[str, str],
    gathered: Mapping[str, Gathered] | None = None,
    fresh: str = "",
) -> str:
    """Return the hash of everything that can change the trial's result, or shall set it apart."""
    content = {"task": task, "version": version, "params": dict(params), "seed": seed}
    content |= needed_content(needs, gathered or {})
    return digest(content | ({"fresh": fresh} if fresh else {}))
