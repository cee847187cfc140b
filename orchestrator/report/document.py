"""A whole report as one value: every format is written from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orchestrator.report.page.trial_details import Details
from orchestrator.report.table import Cell, Table, full

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.report.page.charts import Chart
    from orchestrator.report.page.head import PageHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawn figure and its files, relative to the report's folder."""

    id: str
    title: str
    notes: tuple[str, ...]
    png: str
    pdf: str
    says: str = ""
    """What is seen on it, for who does not see it."""
    chart: Chart | None = None
    """What is drawn, where the page draws it itself; else it shows the PNG."""


def charted(figure: Figure, chart: Chart) -> Figure:
    """Return the figure with what the page draws."""
    return replace(figure, chart=chart, says=chart["says"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What one file of definitions declares."""

    title: str
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All tables and figures of a study."""

    study: str
    chapters: tuple[Chapter, ...]
    """Those with a table or a figure; their titles are shown where there are several."""
    left_out: tuple[str, ...]
    """Tables and figures that could not be made, and why."""
    facts: tuple[tuple[str, str], ...]
    """What the numbers rest on: name and value."""
    folders: Mapping[str, str]
    """Trial id -> its folder, relative to the report's folder where that is possible."""
    head: PageHead | None = None
    """How far the study is, for the head of the page."""
    details: Details = field(default_factory=Details)
    """The trials behind the numbers, for the page."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """Those of all chapters."""
        return tuple(table for chapter in self.chapters for table in chapter.tables)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Those of all chapters."""
        return tuple(figure for chapter in self.chapters for figure in chapter.figures)


def report_json(report: Report) -> dict[str, Any]:
    """Return the report as plain values for programs."""
    return {
        "study": report.study,
        "tables": [
            {"chapter": chapter.title, **table_json(table)}
            for chapter in report.chapters
            for table in chapter.tables
        ],
        "figures": [
            {
                "chapter": chapter.title,
                "id": figure.id,
                "title": figure.title,
                "notes": list(figure.notes),
                "files": [figure.png, figure.pdf],
            }
            for chapter in report.chapters
            for figure in chapter.figures
        ],
        "left_out": list(report.left_out),
        "facts": dict(report.facts),
    }


def table_json(table: Table) -> dict[str, Any]:
    """Return a table as plain values for programs."""
    columns = [full(path) for path in table.columns]
    return {
        "id": table.id,
        "title": table.title,
        "stage": table.stage,
        "printed": table.printed or None,
        "columns": columns,
        "rows": [
            {
                "row": full(row.path),
                "cells": [_cell(name, cell) for name, cell in zip(columns, row.cells, strict=True)],
            }
            for row in table.rows
        ],
        "notes": [{"mark": note.mark or None, "text": note.text} for note in table.notes],
    }


def _cell(column: str, cell: Cell) -> dict[str, Any]:
    return {
        "column": column,
        "value": cell.value,
        "std": cell.std,
        "n": cell.n,
        "reference": cell.reference,
        "trials": list(cell.trials),
        "missing": cell.missing,
        "reasons": dict(cell.reasons),
        "ci95": cell.ci95,
        "metric": cell.metric,
        "combined": cell.combined or None,
        "best": cell.best,
        "mark": cell.mark or None,
        **({"text": cell.text} if cell.text else {}),
    }
