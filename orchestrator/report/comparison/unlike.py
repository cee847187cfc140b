"""In what the trials of compared cells are unlike, beside what the table compares."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import TIMING
from orchestrator.report.comparison.definition import ASPECTS
from orchestrator.report.definition import text_of
from orchestrator.report.mixed_code import differing_files, distinct, rested_on

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from orchestrator.report.comparison.definition import ComparedAspect
    from orchestrator.report.comparison.partners import CellPlace
    from orchestrator.report.selection import Material, Observation
    from orchestrator.report.table import Row

_PACKAGES = ("python", "torch", "torchvision", "numpy", "task")
_EFFORT = re.compile(r"(max_|num_|n_)?(epochs|steps|iterations|updates)")
"""Parameters that say how long is trained."""
_SHOWN_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """The trials of a cell, and all that they rest on."""

    metric: str
    own: Sequence[Observation]
    below: Sequence[Observation]
    named: Collection[str]
    """Axes that the table's lines name: what differs by these is what is compared."""
    answers: Mapping[str, tuple[str, int]]
    """Trial of a search -> its stage, and so many answers it gave at that point."""


Facts = dict[str, str]
"""Topic -> what is so there; a topic that another cell does not have is no difference."""


def with_unlike(
    rows: Sequence[Row],
    groups: Iterable[Collection[CellPlace]],
    material: Material,
    *,
    named: Collection[str],
    ignore: Collection[ComparedAspect],
) -> tuple[Row, ...]:
    """Return the rows, each cell with the sentences that say in what its group is unlike.

    A group are the places of cells that are compared with each other. Differences of `ignore` are meant.
    """
    known = material.by_id()
    told: dict[CellPlace, dict[str, None]] = {}
    for group in groups:
        made = {}
        for at, column in sorted(group):
            cell = rows[at].cells[column]
            own = [known[trial] for trial in cell.trials if trial in known]
            below = rested_on(own, known)
            made[at, column] = _Made(
                metric=cell.metric, own=own, below=below, named=named, answers=material.answers
            )
        names = {place: " / ".join(rows[place[0]].path) for place in made}
        for aspect in ASPECTS:
            if aspect not in ignore:
                for text in _differences(aspect, made, names, material):
                    for place in made:
                        told.setdefault(place, {})[text] = None
    return tuple(
        replace(
            row,
            cells=tuple(
                replace(cell, unlike=tuple(told.get((at, place), ()))) for place, cell in enumerate(row.cells)
            ),
        )
        for at, row in enumerate(rows)
    )


def _differences(
    aspect: ComparedAspect,
    made: Mapping[CellPlace, _Made],
    names: Mapping[CellPlace, str],
    material: Material,
) -> list[str]:
    """Return a sentence for each topic of the aspect in which not all cells agree."""
    if aspect == "code":
        made = _with_distinct_code(made, material)
    topics: dict[str, dict[str, list[str]]] = {}
    for place, one in made.items():
        for topic, fact in _FACTS[aspect](one).items():
            topics.setdefault(topic, {}).setdefault(fact, []).append(names[place])
    found = []
    for topic, values in topics.items():
        if len(values) > 1:
            about = f" ({topic})" if topic else ""
            files = differing_files(material, _codes(made.values())) if aspect == "code" else ""
            found.append(f"Unlike in {aspect}{about}: {_listed(values)}{files}.")
    return found


def _listed(values: Mapping[str, Sequence[str]]) -> str:
    parts = []
    for value, names in values.items():
        unique = list(dict.fromkeys(names))
        more = f" and {len(unique) - _SHOWN_NAMES} more" if len(unique) > _SHOWN_NAMES else ""
        parts.append(f"{value} in {', '.join(unique[:_SHOWN_NAMES])}{more}")
    return "; ".join(parts)


def _codes(made: Iterable[_Made]) -> set[str]:
    return {one.code for cell in made for one in (*cell.own, *cell.below) if one.code}


def _with_distinct_code(made: Mapping[CellPlace, _Made], material: Material) -> dict[CellPlace, _Made]:
    """Return the cells as if what is the same code had one name."""
    same = distinct(material, sorted(_codes(made.values())))

    def renamed(seen: Sequence[Observation]) -> list[Observation]:
        return [replace(one, code=same.get(one.code, one.code)) for one in seen]

    return {
        place: replace(one, own=renamed(one.own), below=renamed(one.below)) for place, one in made.items()
    }


def _code(made: _Made) -> Facts:
    found: dict[str, set[str]] = {}
    for topic, seen in (("", made.own), *((one.trial.stage, [one]) for one in made.below)):
        found.setdefault(topic, set()).update(one.code for one in seen if one.code)
    return _joined(found)


def _data(made: _Made) -> Facts:
    """Return the settings of the trials that all else begins with, where no compared axis is among them."""
    found: dict[str, set[str]] = {}
    for one in made.below:
        if not one.trial.needed_ids and not set(one.trial.axes) & set(made.named):
            settings = ", ".join(f"{name}={text_of(value)}" for name, value in one.trial.params.items())
            found.setdefault(one.trial.stage, set()).add(settings)
    return _joined(found)


def _packages(made: _Made) -> Facts:
    found: dict[str, set[str]] = {}
    for one in (*made.own, *made.below):
        for package in _PACKAGES:
            if package in one.made_with:
                found.setdefault(package, set()).add(str(one.made_with[package]))
    return _joined(found)


def _budget(made: _Made) -> Facts:
    found: dict[str, set[str]] = {}
    for one in (*made.own, *made.below):
        if one.trial.id in made.answers:
            stage, answers = made.answers[one.trial.id]
            found.setdefault(f"search of {stage}", set()).add(f"{answers} answers")
    for one in made.own:
        for name, value in one.trial.params.items():
            if _EFFORT.fullmatch(name) and name not in made.named:
                found.setdefault(name, set()).add(text_of(value))
    return _joined(found)


def _evaluation(made: _Made) -> Facts:
    found: dict[str, set[str]] = {}
    for one in made.own:
        found.setdefault(one.trial.task, set()).add(f"version {one.trial.version}")
    return _joined(found)


def _hardware(made: _Made) -> Facts:
    """Return where times were measured: GPU, else node, and threads; nothing of other metrics."""
    found: dict[str, set[str]] = {}
    for one in made.own if made.metric.startswith(TIMING) else ():
        place = "gpu" if "gpu" in one.made_with else "host"
        for topic in (place, "threads"):
            if one.made_with.get(topic) is not None:
                found.setdefault(topic, set()).add(str(one.made_with[topic]))
    return _joined(found)


def _joined(found: Mapping[str, set[str]]) -> Facts:
    return {topic: ", ".join(sorted(values)) for topic, values in found.items() if values}


_FACTS: dict[ComparedAspect, Callable[[_Made], Facts]] = {
    "code": _code,
    "data": _data,
    "packages": _packages,
    "budget": _budget,
    "evaluation": _evaluation,
    "hardware": _hardware,
}
