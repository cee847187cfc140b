"""Reads table definitions and the reference results, and reports every problem of them at once."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from orchestrator.core.definition import Reference, ReportFile
from orchestrator.errors import Problem, StudyFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from orchestrator.core.definition import FigureDefinition, GainDefinition, Link, TableDefinition

    Piece = FigureDefinition | GainDefinition | TableDefinition
    Place = tuple[int | str, ...]


def read_report_files(paths: Sequence[Path]) -> list[tuple[ReportFile, Reference]]:
    """Return the definitions of all files, each with the reference results it names.

    Raises StudyFileError with the problems of all files.
    """
    problems: list[Problem] = []
    references: dict[Path, Reference] = {}  # files of one report mostly share theirs, which is long
    found = [_read(path, references, problems) for path in paths]
    twice = Counter(piece.id for file, _ in found for _, piece in _pieces(file))
    for path, (file, _) in zip(paths, found, strict=True):
        problems += [
            Problem(where=str(path), path=_dotted(place), message=f"the id `{piece.id}` is given twice")
            for place, piece in _pieces(file)
            if twice[piece.id] > 1
        ]
    if problems:
        raise StudyFileError(problems)
    return found


def read_reference(path: Path) -> Reference:
    """Return the reference results of a file."""
    return Reference.model_validate(YAML(typ="safe").load(path))


def _read(
    path: Path, references: dict[Path, Reference], problems: list[Problem]
) -> tuple[ReportFile, Reference]:
    nothing = ReportFile(), Reference()
    try:
        tree = YAML().load(path)
    except OSError as error:
        problems.append(Problem(where=str(path), path="", message=f"cannot be read: {error.strerror}"))
        return nothing
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        problems.append(Problem(where=where, path="", message=str(getattr(error, "problem", error))))
        return nothing
    try:
        file = ReportFile.model_validate(YAML(typ="safe").load(path) or {})
    except ValidationError as error:
        problems += [_problem(path, tree, detail) for detail in error.errors()]
        return nothing
    reference_path = path.parent / file.reference if file.reference else None
    if reference_path and not reference_path.is_file():
        message = f"there is no file {reference_path}"
        problems.append(Problem(where=_where(path, tree, ("reference",)), path="reference", message=message))
        return file, Reference()
    if reference_path and reference_path not in references:
        references[reference_path] = read_reference(reference_path)
    reference = references[reference_path] if reference_path else Reference()
    for place, piece in _pieces(file):
        problems += [
            Problem(where=_where(path, tree, place), path=_dotted(place), message=message, hint=hint)
            for message, hint in _dangling(piece, reference)
        ]
    return file, reference


def _pieces(file: ReportFile) -> list[tuple[Place, Piece]]:
    return [
        *((("tables", index), piece) for index, piece in enumerate(file.tables)),
        *((("derived", index), piece) for index, piece in enumerate(file.derived)),
        *((("figures", index), piece) for index, piece in enumerate(file.figures)),
    ]


def _dangling(piece: Piece, reference: Reference) -> list[tuple[str, str]]:
    """Return a message and a hint for every name that the reference results do not have."""
    notes = [entry.id for entry in reference.inconsistencies]
    found = [_unknown("inconsistency", name, notes) for name in piece.footnotes if name not in notes]
    link: Link | None = getattr(piece, "reference", None)
    if link is None:
        return found
    table = reference.table(link.table)
    if table is None:
        return [*found, _unknown("reference table", link.table, [entry.id for entry in reference.tables])]
    rows = [entry.row for entry in table.rows]
    found += [_unknown(f"row of {table.id}", name, rows) for name in link.rows.values() if name not in rows]
    return found + [
        _unknown(f"column of {table.id}", name, table.columns)
        for name in link.columns.values()
        if name not in table.columns
    ]


def _unknown(kind: str, name: str, known: Sequence[str]) -> tuple[str, str]:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(known) or 'none'}"
    return f"`{name}` is no {kind}", hint


def _problem(path: Path, tree: object, detail: ErrorDetails) -> Problem:
    place = detail["loc"]
    name = str(place[-1]) if place else ""
    match detail["type"]:
        case "extra_forbidden":
            message, hint = f"unknown key `{name}`", _near_key(name, place)
        case "missing":
            message, hint = f"`{name}` is missing", None
        case "value_error":
            message, hint = detail["msg"].removeprefix("Value error, "), None
        case _:
            message, hint = f"given `{detail['input']}`: {detail['msg'].lower()}", None
    return Problem(where=_where(path, tree, place), path=_dotted(place), message=message, hint=hint)


def _near_key(name: str, place: Place) -> str | None:
    from orchestrator.core import definition

    models = {"tables": definition.TableDefinition, "derived": definition.GainDefinition}
    model: Any = models.get(str(place[0]), definition.FigureDefinition) if len(place) > 1 else ReportFile
    if len(place) > 3:
        model = definition.Line
    near = get_close_matches(name, model.model_fields, n=1)
    return f"did you mean `{near[0]}`?" if near else f"allowed: {', '.join(model.model_fields)}"


def _where(path: Path, tree: object, place: Place) -> str:
    """Return `file:line` of the place, or of the nearest one around it that is written."""
    line = 0
    for key in place:
        if not isinstance(tree, CommentedMap | CommentedSeq):
            break
        try:
            line = tree.lc.key(key)[0] if isinstance(tree, CommentedMap) else tree.lc.item(key)[0]
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            break
    return f"{path}:{line + 1}"


def _dotted(place: Place) -> str:
    return ".".join(map(str, place))
