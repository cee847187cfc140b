"""What a table says where its trials, or those that they rest on, were made by different code."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.report.selection import Material, Observation

_SHOWN_FILES = 3


def mixed_code_notes(used: Sequence[Observation], material: Material) -> list[str]:
    """Return a note where the trials come from different code, and one for each stage that they rest on."""
    groups = {"": {one.trial.id: one for one in used}}
    for one in rested_on(used, material.by_id()):
        if one.trial.id not in groups[""]:
            groups.setdefault(one.trial.stage, {})[one.trial.id] = one
    notes = []
    for stage, group in groups.items():
        made = Counter(one.code for one in group.values() if one.code)
        codes = Counter[str]()
        for code, same in distinct(material, made).items():
            codes[same] += made[code]
        if len(codes) > 1:
            ordered = sorted(codes.items(), key=lambda one: (-one[1], one[0]))
            counted = ", ".join(f"{code} ({count})" for code, count in ordered)
            which = f"The trials of {stage} that these rest on" if stage else "The trials"
            notes.append(f"{which} come from different code: {counted}{differing_files(material, codes)}.")
    return notes


def rested_on(used: Iterable[Observation], known: Mapping[str, Observation]) -> list[Observation]:
    """Return all that these trials need, and what those need, of the trials that are known by their ids."""
    waiting = [*used]
    found: dict[str, Observation] = {}
    while waiting:
        for need in waiting.pop().trial.needed_ids:
            if need in known and need not in found:
                found[need] = known[need]
                waiting.append(known[need])
    return [*found.values()]


def distinct(material: Material, codes: Iterable[str]) -> dict[str, str]:
    """Return each code with the first of those that are the same: their snapshots differ in no code."""
    same: dict[str, str] = {}
    for code in codes:
        others = dict.fromkeys(same.values())
        same[code] = next((one for one in others if _are_same(material, one, code)), code)
    return same


def _are_same(material: Material, one: str, other: str) -> bool:
    files = material.differing([one, other])
    return files is not None and not files


def differing_files(material: Material, codes: Iterable[str]) -> str:
    """Return which files differ, as the end of a sentence, as far as the snapshots are still there."""
    files = material.differing([*codes]) or ()
    more = f" and {len(files) - _SHOWN_FILES} more" if len(files) > _SHOWN_FILES else ""
    return f"; {', '.join(files[:_SHOWN_FILES])}{more} differ{'s' * (len(files) == 1)}" if files else ""
