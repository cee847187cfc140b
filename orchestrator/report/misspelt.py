"""What a report file names that its study does not have: told before anything is trained.

Metrics are known only when a trial has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.report.definition import GainDefinition, Line
from orchestrator.report.figures.definitions import ParallelDefinition
from orchestrator.report.selection import Material

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.messages.problems import Keys
    from orchestrator.report.definition import TableDefinition
    from orchestrator.report.figures.definitions import AnyFigure
    from orchestrator.report.report_file import ReportFile
    from orchestrator.study.names import Names

    Piece = AnyFigure | GainDefinition | TableDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Misspelt:
    """A name that the study does not have."""

    keys: Keys
    message: str
    hint: str | None


def misspelt(file: ReportFile, names: Names, other_studies: frozenset[str] = frozenset()) -> list[Misspelt]:
    """Return every stage, axis and parameter of a report file that the study does not have.

    `other_studies` are those that other files of the same report are for.
    """
    found: list[Misspelt] = []
    for keys, stage in _stages(file):
        found += _no_stage(keys, stage, file, names, other_studies)
    for keys, axis in _axes(file):
        if axis not in names.axes:
            message = f"the study has no axis `{axis}`"
            found.append(Misspelt(keys=keys, message=message, hint=nearest(axis, sorted(names.axes))))
    for keys, line in _all_lines(file):
        if line.param is not None and names.params is not None and not _taken(line.param, names.params):
            message = f"no task of the study has a parameter `{line.param}`"
            hint = nearest(line.param, sorted(names.params))
            found.append(Misspelt(keys=(*keys, "param"), message=message, hint=hint))
    if names.params is not None:
        found += _no_coordinate(file, names.axes | names.params)
    return found


def _taken(param: str, params: frozenset[str]) -> bool:
    """Tell whether tasks take a parameter, or that of which it is a part: `opt.lr`, `crop_range.0`."""
    return param in params or param.partition(".")[0] in params


def _no_coordinate(file: ReportFile, known: frozenset[str]) -> Iterator[Misspelt]:
    """Yield what parallel coordinates are to run over and is neither an axis nor a parameter."""
    for place, figure in enumerate(file.figures):
        for index, name in enumerate(figure.over if isinstance(figure, ParallelDefinition) else ()):
            if name not in known:
                message = f"the study has no axis and no parameter `{name}`"
                keys = ("figures", place, "over", index)
                yield Misspelt(keys=keys, message=message, hint=nearest(name, sorted(known)))


def _no_stage(
    keys: Keys, stage: str, file: ReportFile, names: Names, other_studies: frozenset[str]
) -> Iterator[Misspelt]:
    """Yield a stage that there is not, or that may be one of several."""
    material = Material(stages=dict.fromkeys(sorted(names.kept), ()), file=file, other_studies=other_studies)
    try:
        if material.find_stage(stage) is not None:
            return
    except NotFoundError as error:
        yield Misspelt(keys=keys, message=str(error), hint=error.hint)
        return
    left_out = Material(
        stages=dict.fromkeys(sorted(names.stages - names.kept), ()), file=file, other_studies=other_studies
    )
    try:
        if left_out.find_stage(stage) is not None:
            return
    except NotFoundError:  # whichever of those it is: none is here
        return
    known = [name.removeprefix(f"{file.study}.") for name in sorted(names.stages)]
    yield Misspelt(keys=keys, message=f"the study has no stage `{stage}`", hint=nearest(stage, known))


def _pieces(file: ReportFile) -> Iterator[tuple[Keys, Piece]]:
    for index, table in enumerate(file.tables):
        yield ("tables", index), table
    for index, gain in enumerate(file.derived):
        yield ("derived", index), gain
    for index, figure in enumerate(file.figures):
        yield ("figures", index), figure


def _lines(keys: Keys, piece: Piece) -> Iterator[tuple[Keys, Line]]:
    """Yield the rows and columns of a piece, each with its place."""
    for side in ("rows", "columns"):
        for index, line in enumerate(getattr(piece, side, ())):
            if isinstance(line, Line):  # columns of gains are none
                yield (*keys, side, index), line


def _all_lines(file: ReportFile) -> Iterator[tuple[Keys, Line]]:
    for keys, piece in _pieces(file):
        yield from _lines(keys, piece)


def _stages(file: ReportFile) -> Iterator[tuple[Keys, str]]:
    """Yield every stage that is named, with its place."""
    for keys, piece in _pieces(file):
        for place, part in ((keys, piece), *_lines(keys, piece)):
            if part.stage is not None:
                yield (*place, "stage"), part.stage


def _axes(file: ReportFile) -> Iterator[tuple[Keys, str]]:
    """Yield every axis that is named, with its place."""
    for keys, piece in _pieces(file):
        for place, part in ((keys, piece), *_lines(keys, piece)):
            for key in ("over", "aggregate", "series"):
                for index, axis in enumerate(getattr(part, key, ())):
                    if not (key == "over" and isinstance(part, ParallelDefinition)):
                        yield (*place, key, index), axis
            for key in ("where", "combine"):
                for axis in getattr(part, key, None) or {}:
                    yield (*place, key, axis), axis
        if isinstance(piece, GainDefinition):
            yield (*keys, "compare", "axis"), piece.compare.axis
