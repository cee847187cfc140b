"""A report file: the tables and figures that it declares."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from orchestrator.report.definition import GainDefinition, TableDefinition, text_of
from orchestrator.report.figures.definitions import FigureDefinition
from orchestrator.study.strict import Strict
from orchestrator.study.trial import quoted


def _bare(value: object) -> str:
    """Return a value without quotes, as keys of `labels` are looked up."""
    return value if isinstance(value, str) else quoted(value)


def _by_text(labels: object) -> object:
    return {_bare(key): label for key, label in labels.items()} if isinstance(labels, dict) else labels


class ReportFile(Strict):
    """One file of tables and figures."""

    title: str | None = None
    """What stands above its tables where a report has several files; else the name of its study."""
    study: str | None = None
    """Prefix that decides between equally named stages of a composed study."""
    reference: str | None = None
    """File of reference results, relative to this one."""
    labels: dict[str, Annotated[dict[str, str], BeforeValidator(_by_text)]] = Field(default_factory=dict)
    """Axis -> value -> what a reader calls it."""
    flags: dict[str, str] = Field(default_factory=dict)
    """Metric -> what has to be said of a table whose trials have it at 1."""
    tables: list[TableDefinition] = Field(default_factory=list)
    """Tables of metrics."""
    derived: list[GainDefinition] = Field(default_factory=list)
    """Tables of gains of one value of an axis over another."""
    figures: list[FigureDefinition] = Field(default_factory=list)
    """Figures; without a `kind` they are learning curves."""

    def label(self, axis: str, value: object) -> str:
        """Return what a reader calls an axis value."""
        return self.labels.get(axis, {}).get(_bare(value), text_of(value))
