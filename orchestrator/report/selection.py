"""Which trials a table definition speaks of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.report.definition import AxisValues, Line, text_of
from orchestrator.report.reference import Reference
from orchestrator.report.report_file import ReportFile
from orchestrator.study.matrix import comparable, is_among
from orchestrator.study.searches.tree import at, has

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from orchestrator.evidence.gpu_use import GpuUse
    from orchestrator.evidence.state import State
    from orchestrator.report.comparison.items import Scores
    from orchestrator.report.figures.counts import Counts
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A trial and what is known of it."""

    trial: Trial
    state: State
    metrics: Mapping[str, float] | None = None
    """None while it has no result."""
    code: str = ""
    """Hash of the snapshot that made the result."""
    attempts: int = 0
    seconds: float = 0.0
    """Time of all attempts."""
    gpus: int = 0
    """Those of the trial's shape, on all of its nodes."""
    sharers: int = 1
    """So many trials at once ran in the worker that finished it."""
    in_lockstep: bool = False
    """Whether it was trained as one batched model with others."""
    gpu_use: GpuUse | None = None
    """How it used its GPUs, where that was measured."""
    made_with: Mapping[str, Any] = field(default_factory=dict)
    """Node, packages and GPU of its result."""
    failure: str = ""
    """The class of the failure, where the trial failed."""

    @property
    def gpu_hours(self) -> float:
        """Its share of the GPUs, over the time of all attempts."""
        return self.gpus * self.seconds / 3600 / self.sharers


class AxisPlaces:
    """Where the trials of a stage stand that have each value of an axis."""

    def __init__(self, seen: Sequence[Observation], axis: str) -> None:
        self._without: list[int] = []
        self._having: dict[object, list[int]] = {}
        for place, one in enumerate(seen):
            if axis in one.trial.axes:
                self._having.setdefault(comparable(one.trial.axes[axis]), []).append(place)
            else:
                self._without.append(place)

    @property
    def known(self) -> bool:
        """Whether any trial has the axis."""
        return bool(self._having)

    def having(self, value: object) -> list[int]:
        """Return the places of those with the value, and of those that do not have the axis."""
        found = self._having.get(comparable(value), [])
        return sorted([*found, *self._without]) if self._without else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that a definition refers to."""

    stages: Mapping[str, Sequence[Observation]]
    """Every stage of the study, those without trials included."""
    undecided: Mapping[str, int] = field(default_factory=dict)
    file: ReportFile = field(default_factory=ReportFile)
    reference: Reference = field(default_factory=Reference)
    other_studies: frozenset[str] = frozenset()
    """Studies that other files of the same report are for."""
    answers: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Trial of a search -> the stage, and how many answers were tried at that point."""
    scores: Scores = lambda *_: {}
    """Returns what a trial wrote of each thing that it was tested on."""
    history: Callable[[Trial], Mapping[int, Mapping[str, float]]] = lambda _: {}
    """Returns what a trial has logged: step -> metric -> value."""
    counts: Callable[[Trial, str], Counts | None] = lambda *_: None
    """Returns the counts that a trial left in an artifact of that name; None where it left none."""
    differing: Callable[[Collection[str]], Sequence[str] | None] = lambda _: None
    """Returns which files differ between snapshots of code; None where nobody knows."""
    _places: dict[tuple[str, str], AxisPlaces] = field(default_factory=dict, init=False, repr=False)
    """Stage and axis -> where trials with each value stand, of those that somebody has asked for."""

    def find_stage(self, name: str) -> str | None:
        """Return the stage called `name` or `<prefix>.name`; None if there is none.

        The file's own study goes first; a stage of a study that another file names is never taken.
        """
        if name in self.stages:
            return name
        endings = {stage: f".{stage}" for stage in self.stages if stage.endswith(f".{name}")}
        own = [stage for stage, text in endings.items() if text.endswith(f".{self.file.study}.{name}")]
        if own:
            return own[0]
        others = tuple(f".{study}.{name}" for study in self.other_studies)
        found = [stage for stage, text in endings.items() if not text.endswith(others)]
        if len(found) > 1:
            raise NotFoundError(
                f"stage `{name}` may be `{'` or `'.join(found)}`",
                hint=f"write the whole name, or `study: {found[0].removesuffix('.' + name)}` at the top",
            )
        return next(iter(found), None)

    def stage(self, name: str) -> str:
        """Return the stage called `name` or `<prefix>.name`; raise NotFoundError if there is none."""
        found = self.find_stage(name)
        if found is None:
            raise NotFoundError(f"the study has no stage `{name}`; it has `{'`, `'.join(self.stages)}`")
        return found

    def select(self, stage: str, where: AxisValues) -> list[Observation]:
        """Return the observations of a stage that agree with `where` on the axes they have.

        Raises NotFoundError for an axis that no stage has.
        """
        self.check_axes(where)
        seen = self.stages[stage]
        single = [(axis, value) for axis, value in where.items() if not isinstance(value, list)]
        found = [self._axis(stage, axis).having(value) for axis, value in single]
        if not found:
            return [one for one in seen if _agrees(one.trial.axes, where)]
        fewest = min(found, key=len)
        return [seen[place] for place in fewest if _agrees(seen[place].trial.axes, where)]

    def _axis(self, stage: str, axis: str) -> AxisPlaces:
        """Return where the values of an axis stand: a table asks for each of its cells."""
        key = (stage, axis)
        if key not in self._places:
            self._places[key] = AxisPlaces(self.stages[stage], axis)
        return self._places[key]

    def by_id(self) -> dict[str, Observation]:
        """Return all trials by their ids."""
        return {one.trial.id: one for group in self.stages.values() for one in group}

    def check_axes(self, axes: Sequence[str] | AxisValues) -> None:
        """Raise NotFoundError for an axis that no trial of the study has."""
        for axis in axes:
            if not any(self._axis(stage, axis).known for stage in self.stages):
                known = {name for seen in self.stages.values() for one in seen for name in one.trial.axes}
                hint = nearest(axis, known, f"the axes are: {', '.join(sorted(known))}")
                raise NotFoundError(f"no trial of the study has an axis `{axis}`", hint=hint)

    def some(self, stage: str, where: AxisValues) -> list[Observation]:
        """Return the same as `select`; raise NotFoundError instead of returning nothing."""
        found = self.select(stage, where)
        if not found:
            wanted = ", ".join(f"{axis}={_listed_text(value)}" for axis, value in where.items())
            waiting = self.undecided.get(stage, 0)
            reason = f" yet ({waiting} not decided)" if waiting else f" with {wanted}" if wanted else ""
            raise NotFoundError(f"the study has no trial of stage `{stage}`{reason}")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One row or one column with what it stands for."""

    path: tuple[str, ...]
    """Labels from the outermost to the innermost."""
    where: AxisValues
    line: Line


def headers(lines: Sequence[Line], stage: str, where: AxisValues, material: Material) -> list[Header]:
    """Return one header per line, or per combination of values where a line runs over axes."""
    found: list[Header] = []
    for line in lines:
        material.check_axes(line.over)
        name = (line.stage and material.find_stage(line.stage)) or stage
        prefix = (line.label,) if line.label is not None else ()
        axes = in_order(combinations(material.select(name, {**where, **line.where}), line.over), line.over)
        for values in axes:
            labels = tuple(material.file.label(axis, value) for axis, value in values.items())
            found.append(Header(path=prefix + labels or ("all",), where={**line.where, **values}, line=line))
        if not line.over and not axes:
            found.append(Header(path=prefix, where=dict(line.where), line=line))
    return found


def combinations(seen: Sequence[Observation], axes: Sequence[str]) -> list[dict[str, Any]]:
    """Return the combinations of values that occur, each once, in the order of the plan."""
    found: dict[tuple[tuple[str, tuple[bool, Any]], ...], dict[str, Any]] = {}
    for one in seen:
        values = {axis: one.trial.axes[axis] for axis in axes if axis in one.trial.axes}
        found.setdefault(tuple((axis, comparable(value)) for axis, value in values.items()), values)
    return list(found.values())


def in_order(found: Sequence[dict[str, Any]], axes: Sequence[str]) -> list[dict[str, Any]]:
    """Return combinations with those together that agree in the first axis, and so on."""
    places = {
        axis: {
            comparable(values[axis]): place
            for place, values in reversed([*enumerate(found)])
            if axis in values
        }
        for axis in axes
    }
    return sorted(
        found,
        key=lambda values: [
            places[axis][comparable(values[axis])] if axis in values else -1 for axis in axes
        ],
    )


def having(seen: Sequence[Observation], values: Mapping[str, Any]) -> list[Observation]:
    """Return the observations whose axes have exactly these values."""
    return [one for one in seen if all(_same(one.trial.axes, values, axis) for axis in values)]


def _same(values: Mapping[str, object], others: Mapping[str, object], name: str) -> bool:
    return comparable(values.get(name)) == comparable(others.get(name))


def point_of(seen: Observation, apart_from: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return the axes of a trial and their values, as something that can be compared."""
    return tuple((axis, text_of(value)) for axis, value in seen.trial.axes.items() if axis not in apart_from)


def settings(seen: Sequence[Observation], param: str, material: Material) -> list[Observation]:
    """Return the observations with a parameter where their metrics are; it is known before the result.

    Raises NotFoundError for a parameter that no trial has, or that is not a number.
    """
    if seen and all(_part(one.trial.params, param) is None for one in seen):
        known = {name for group in material.stages.values() for one in group for name in one.trial.params}
        if param not in known and param.partition(".")[0] not in known:
            hint = nearest(param, known, f"the parameters are: {', '.join(sorted(known))}")
            raise NotFoundError(f"no trial of the study has a parameter `{param}`", hint=hint)
    return [replace(one, metrics=_setting(one, param)) for one in seen]


def _setting(seen: Observation, param: str) -> dict[str, float]:
    value = _part(seen.trial.params, param)
    if value is None:
        return {}
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotFoundError(
            f"parameter `{param}` of stage `{seen.trial.stage}` is `{text_of(value)}`, which is no number",
            hint="tables show numbers; name it in a label, or run `over` it where it is an axis",
        )
    return {param: value}


def _part(params: Mapping[str, Any], param: str) -> Any:
    """Return a parameter, or a part of one: `opt.lr`, or `crop_range.0` of a list; None where it is not."""
    if has(params, param):
        return at(params, param)
    name, _, place = param.rpartition(".")
    inside = at(params, name) if name and has(params, name) else None
    if not isinstance(inside, list | tuple) or not place.isdecimal() or int(place) >= len(inside):
        return None
    return inside[int(place)]


def differing(seen: Sequence[Observation], apart_from: Sequence[str] = ()) -> list[str]:
    """Return the axes, and else the parameters, in which these trials differ."""
    for sets in ([one.trial.axes for one in seen], [one.trial.params for one in seen]):
        names = dict.fromkeys(name for values in sets for name in values)
        first = sets[0] if sets else {}
        differ = [
            name
            for name in names
            if name not in apart_from and any(not _same(values, first, name) for values in sets)
        ]
        if differ:
            return differ
    return []


def _agrees(axes: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    return all(is_among(axes[axis], wanted) for axis, wanted in where.items() if axis in axes)


def _listed_text(value: object) -> str:
    return "|".join(map(text_of, value)) if isinstance(value, list) else text_of(value)
