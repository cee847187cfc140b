"""Reads table definitions and the reference results, and reports every problem of them at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from orchestrator.files.plain_file import is_plain
from orchestrator.files.yaml_file import read_yaml
from orchestrator.messages.errors import Problem, StudyFileError
from orchestrator.messages.problems import Keys, dotted, nearest
from orchestrator.messages.wording import mistakes
from orchestrator.report.misspelt import misspelt
from orchestrator.report.reference import Reference
from orchestrator.report.report_file import ReportFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.files.yaml_file import Document
    from orchestrator.report.definition import GainDefinition, Link, TableDefinition
    from orchestrator.report.figures.definitions import AnyFigure
    from orchestrator.study.names import Names

    Piece = AnyFigure | GainDefinition | TableDefinition


M = TypeVar("M", bound=BaseModel)


def read_report_files(
    paths: Sequence[Path], names: Names | None = None
) -> list[tuple[ReportFile, Reference]]:
    """Return the definitions of all files, each with the reference results it names.

    Raises StudyFileError with the problems of all files; given the names of the study, also with those that
    it does not have.
    """
    problems: list[Problem] = []
    references: dict[Path, Reference] = {}  # files of one report mostly share theirs, which is long
    documents: dict[Path, Document] = {}
    found = [_read(path, references, documents, problems) for path in paths]
    studies = {file.study for file, _ in found if file.study is not None}
    for path, (file, _) in zip(paths, found, strict=True):
        others = frozenset(studies - {file.study})
        problems += [
            Problem(
                where=documents[path].where(one.keys),
                path=dotted(one.keys),
                message=one.message,
                hint=one.hint,
            )
            for one in (misspelt(file, names, others) if names else ())
        ]
    twice = Counter(piece.id for file, _ in found for _, piece in _pieces(file))
    for path, (file, _) in zip(paths, found, strict=True):
        problems += [
            Problem(where=str(path), path=dotted(place), message=f"the id `{piece.id}` is given twice")
            for place, piece in _pieces(file)
            if twice[piece.id] > 1
        ]
    if problems:
        raise StudyFileError(problems)
    return found


def read_definitions(path: Path) -> ReportFile:
    """Return what a file declares, without the reference results; raise StudyFileError where it is wrong."""
    return _validated(path, ReportFile)[1]


def read_reference(path: Path) -> Reference:
    """Return the reference results of a file; raise StudyFileError where it holds none."""
    return _validated(path, Reference)[1]


def _read(
    path: Path,
    references: dict[Path, Reference],
    documents: dict[Path, Document],
    problems: list[Problem],
) -> tuple[ReportFile, Reference]:
    try:
        document, file = _validated(path, ReportFile)
        documents[path] = document
    except StudyFileError as error:
        problems += error.problems
        return ReportFile(), Reference()
    reference_path = path.parent / file.reference if file.reference else None
    if reference_path and not is_plain(reference_path):
        message = f"there is no file {reference_path}"
        problems.append(Problem(where=document.where(("reference",)), path="reference", message=message))
        return file, Reference()
    if reference_path and reference_path not in references:
        try:
            references[reference_path] = read_reference(reference_path)
        except StudyFileError as error:
            problems += error.problems
            references[reference_path] = Reference()
    reference = references[reference_path] if reference_path else Reference()
    for place, piece in _pieces(file):
        problems += [
            Problem(where=document.where(place), path=dotted(place), message=message, hint=hint)
            for message, hint in _dangling(piece, reference)
        ]
    return file, reference


def _validated(path: Path, model: type[M]) -> tuple[Document, M]:
    """Return what a file says, and the value it stands for; StudyFileError where it stands for none."""
    document = read_yaml(path, text_keys=False, start="tables:")
    try:
        return document, model.model_validate(document.data)
    except ValidationError as error:
        problems = [
            Problem(where=document.where(one.keys), path=dotted(one.keys), message=one.message, hint=one.hint)
            for one in mistakes(error, document.data, model)
        ]
        raise StudyFileError(problems) from None


def _pieces(file: ReportFile) -> list[tuple[Keys, Piece]]:
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
    rows = [*table.by_row()]
    found += [_unknown(f"row of {table.id}", name, rows) for name in link.rows.values() if name not in rows]
    return found + [
        _unknown(f"column of {table.id}", name, table.columns)
        for name in link.columns.values()
        if name not in table.columns
    ]


def _unknown(kind: str, name: str, known: Sequence[str]) -> tuple[str, str]:
    return f"`{name}` is no {kind}", nearest(name, known, f"there are: {', '.join(known) or 'none'}")
