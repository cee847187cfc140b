"""Pictures that trials left, in a grid."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.definition import Line
from orchestrator.report.figures.cells import layout_of
from orchestrator.report.table import full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.figures.definitions import PicturesDefinition
    from orchestrator.report.selection import Material, Observation
    from orchestrator.study.trial import Trial

_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The place of one picture."""

    row: str
    column: str
    trial: Trial | None
    """The first finished trial; None where there is none."""
    why: str = ""
    """Why there is none."""

    @property
    def name(self) -> str:
        """What it shows."""
        return ", ".join(filter(None, (self.row, self.column)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """A figure of pictures: rows of panels, as many in each."""

    definition: PicturesDefinition
    panels: tuple[tuple[Panel, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def all(self) -> list[Panel]:
        """The panels, row by row."""
        return [panel for row in self.panels for panel in row]


def pictures(definition: PicturesDefinition, material: Material) -> Pictures:
    """Return which trials' pictures stand where: of each cell that of the first finished seed.

    Raises NotFoundError while there is none.
    """
    series = [Line(over=definition.series)] if definition.series else []
    lines = {"rows": definition.rows, "columns": definition.columns or series}
    rows, columns = (given or [Line(label=definition.stage)] for given in lines.values())
    found = layout_of(definition, rows, columns, definition.artifact, material)
    if (count := len(found.rows) * len(found.columns)) > _MOST:
        raise NotFoundError(
            f"{count} pictures are more than can be looked at side by side ({_MOST})",
            hint="choose some by `where`",
        )
    labels = [
        [full(one.path) if lines[side] else "" for one in getattr(found, side)]
        for side in ("rows", "columns")
    ]
    panels = tuple(
        tuple(_panel(row, column, seen) for column, seen in zip(labels[1], line, strict=True))
        for row, line in zip(labels[0], found.seen, strict=True)
    )
    shown = Pictures(definition=definition, panels=panels)
    if not any(panel.trial for panel in shown.all):
        raise NotFoundError(f"no finished trial has left `{definition.artifact}` yet")
    notes = (*_notes(shown), *map(material.reference.footnote, definition.footnotes))
    return Pictures(definition=definition, panels=panels, notes=notes)


def _panel(row: str, column: str, seen: Sequence[Observation]) -> Panel:
    done = [one.trial for one in seen if one.metrics is not None]
    if done:
        return Panel(row=row, column=column, trial=min(done, key=lambda trial: trial.seed))
    states = Counter(str(one.state).lower() for one in seen)
    why = ", ".join(states) or "not in this study"
    return Panel(row=row, column=column, trial=None, why=why)


def _notes(shown: Pictures) -> list[str]:
    seeds = {panel.trial.seed for panel in shown.all if panel.trial}
    if len(seeds) == 1:
        notes = [f"Trials of seed {next(iter(seeds))}."]
    else:
        each = ", ".join(f"{panel.name}: seed {panel.trial.seed}" for panel in shown.all if panel.trial)
        notes = [f"Trials shown: {each}."]
    missing = [panel for panel in shown.all if panel.trial is None]
    told = ", ".join(f"{panel.name} ({panel.why})" for panel in missing[:6])
    more = f" and {len(missing) - 6} more" if len(missing) > 6 else ""
    return notes + [f"No picture of {told}{more}."] * bool(missing)
