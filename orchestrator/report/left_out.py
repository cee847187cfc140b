"""What a table says where its trials, or those that they rest on, were made without some that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.mixed_code import rested_on
from orchestrator.study.trial import axes_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.selection import Material, Observation

_SHOWN_POINTS = 3


def left_out_notes(used: Sequence[Observation], material: Material) -> list[str]:
    """Return a note for each stage of which trials gathered fewer than the plan has."""
    stages: dict[str, dict[str, Observation]] = {}
    for one in (*used, *rested_on(used, material.by_id())):
        stages.setdefault(one.trial.stage, {})[one.trial.id] = one
    notes = []
    for stage, group in stages.items():
        lacking = [one.trial for one in group.values() if any(g.without for g in one.trial.gathered.values())]
        points = dict.fromkeys(
            axes_text(axes)
            for trial in lacking
            for gathered in trial.gathered.values()
            for axes in gathered.without
        )
        if points:
            more = f" and {len(points) - _SHOWN_POINTS} more" if len(points) > _SHOWN_POINTS else ""
            which = f"{'; '.join([*points][:_SHOWN_POINTS])}{more}"
            counted = f"{len(lacking)} of {len(group)} trials of {stage}"
            notes.append(f"{counted} were made without trials that have no result: {which}.")
    return notes
