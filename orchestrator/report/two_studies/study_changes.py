"""What two resolved studies differ in: stages, axes, parameters, needs, searches, shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.study.matrix import comparable
from orchestrator.study.trial import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.study.study import Stage, Study

_SHOWN = 12
NOTHING = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyChange:
    """One thing that differs between two studies."""

    where: str
    """The stage."""
    what: str
    """As `parameter lr`."""
    before: str
    """In the first study; a dash where it has nothing of the kind."""
    after: str


def study_changes(one: Study, other: Study) -> list[StudyChange]:
    """Return what differs, stage by stage, in the order of the first study and then of the second."""
    mine, others = ({stage.name: stage for stage in study.stages} for study in (one, other))
    found: list[StudyChange] = []
    for name in dict.fromkeys((*mine, *others)):
        before, after = mine.get(name), others.get(name)
        if before is not None and after is not None:
            found += _stage_changes(before, after)
        else:
            points = tuple(_counted(stage) if stage else NOTHING for stage in (before, after))
            found.append(StudyChange(where=name, what="stage", before=points[0], after=points[1]))
    return found


def _stage_changes(one: Stage, other: Stage) -> Iterator[StudyChange]:
    first, second = _described(one), _described(other)
    for what in dict.fromkeys((*first, *second)):
        before, after = first.get(what, NOTHING), second.get(what, NOTHING)
        if before != after:
            yield StudyChange(where=one.name, what=what, before=before, after=after)


def _described(stage: Stage) -> dict[str, str]:
    """Return what a stage is: what there is to be said -> how it is with this one."""
    axes = _values(point.axes for point in stage.points)
    params = _values(point.params for point in stage.points)
    return {
        "task": stage.task,
        "version of the task": str(stage.version),
        "trained again as of code": stage.fresh or NOTHING,
        **{f"axis {name}": text for name, text in axes.items()},
        "points": str(len(stage.points)),
        **{f"parameter {name}": text for name, text in params.items() if axes.get(name) != text},
        **{f"need {edge.name}": _need(edge.model_dump(exclude_defaults=True)) for edge in stage.needs},
        "search": _mapping(stage.search.model_dump(mode="json", exclude_defaults=True))
        if stage.search
        else NOTHING,
        "shape": _mapping(stage.shape.model_dump(mode="json", exclude_defaults=True)),
    }


def _values(mappings: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return each name with its values, each once; the middle of many is left out."""
    found: dict[str, dict[Any, str]] = {}
    for values in mappings:
        for name, value in values.items():
            found.setdefault(name, {}).setdefault(comparable(value), quoted(value))
    return {name: _listed([*texts.values()]) for name, texts in found.items()}


def _listed(texts: list[str]) -> str:
    if len(texts) <= _SHOWN:
        return ", ".join(texts)
    return f"{', '.join(texts[: _SHOWN - 1])} … {texts[-1]} ({len(texts)} values)"


def _need(edge: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in edge.items() if key not in {"name", "stage", "inherits", "searched"}}
    return f"{edge['stage']}{f' {_mapping(rest)}' if rest else ''}"


def _mapping(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {quoted(value)}" for key, value in values.items()) or "default"


def _counted(stage: Stage) -> str:
    points = len(stage.points) * stage.trials_per_point
    return f"{points} trial{'s' * (points != 1)} of {stage.task}"
