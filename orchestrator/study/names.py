"""The names that a study file gives, and what is meant by one that is typed or stands in a report file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import UserError
from orchestrator.messages.problems import listed, nearest
from orchestrator.study.objective import RANK
from orchestrator.study.ranks import tops

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from orchestrator.messages.problems import Keys
    from orchestrator.study.study_file import StudyFile


class UnknownNameError(UserError):
    """A name on the command line that the study does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Stages, axes and parameters of a study, those that `--only` or `stage: null` leaves out included."""

    stages: frozenset[str] = frozenset()
    axes: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    """The stages that are not left out."""
    params: frozenset[str] | None = None
    """None where a stage is left out: nobody has read what its task takes."""


def given_names(file: StudyFile, places: Iterable[Keys]) -> Names:
    """Return the stages and axes of a whole file; `places` are all that it, or one it extends, ever wrote."""
    stages, axes = {*file.stages}, {"seed", *file.axes}
    for entry in file.stages.values():
        axes.update(entry.over, entry.axes, *entry.include, [RANK] if tops(entry) else ())
        if entry.search and entry.search.is_grid:  # its product is made of points
            axes.update(entry.search.names)
    for keys in places:
        if keys[0] == "stages" and len(keys) == 2:
            stages.add(str(keys[1]))
        if keys[-2:-1] == ("axes",) and (len(keys) == 2 or keys[0] == "stages"):
            axes.add(str(keys[-1]))
    return Names(stages=frozenset(stages), axes=frozenset(axes))


def stages_called(name: str, stages: Collection[str]) -> list[str]:
    """Return the stage of this name, with or without its prefix, or all stages of a part of the study.

    Raises UnknownNameError where there is none, or several may be meant.
    """
    if name in stages:
        return [name]
    if inside := [stage for stage in stages if stage.startswith(f"{name}.")]:
        return inside
    short = [stage for stage in stages if stage.endswith(f".{name}")]
    if len(short) > 1:
        raise ambiguous(name, short)
    if not short:
        pieces = {piece for stage in stages for piece in stage.rpartition(".")[::2]} - {"", *stages}
        raise UnknownNameError(f"there is no stage `{name}`", nearest(name, [*stages, *sorted(pieces)]))
    return short


def ambiguous(name: str, candidates: Sequence[str]) -> UnknownNameError:
    """Return the error for a name that may be any of several."""
    return UnknownNameError(
        f"`{name}` may be any of {listed(candidates)}", f"write the whole name: `{candidates[0]}`"
    )
