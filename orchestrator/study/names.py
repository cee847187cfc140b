"""The names that a study file gives: what report files may speak of before there is any trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.messages.problems import Keys
    from orchestrator.study.study_file import StudyFile


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
        axes.update(entry.over, entry.axes, *entry.include)
        if entry.search and entry.search.sampler == "grid":  # its product is made of points
            axes.update(entry.search.space)
    for keys in places:
        if keys[0] == "stages" and len(keys) == 2:
            stages.add(str(keys[1]))
        if keys[-2:-1] == ("axes",) and (len(keys) == 2 or keys[0] == "stages"):
            axes.add(str(keys[-1]))
    return Names(stages=frozenset(stages), axes=frozenset(axes))
