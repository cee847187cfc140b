"""Confusion matrices: what trials answered of what is true, summed over seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import listed
from orchestrator.report.definition import Line
from orchestrator.report.figures.cells import layout_of
from orchestrator.report.figures.counts import summed
from orchestrator.report.page.trial_details import rounded
from orchestrator.report.table import full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.figures.counts import Counts
    from orchestrator.report.figures.definitions import ConfusionDefinition
    from orchestrator.report.page.charts import Chart
    from orchestrator.report.selection import Material, Observation

_MOST_PANELS = 6
_MOST_CLASSES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The answers of trials that stand together."""

    label: str
    counts: Counts
    trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """A figure of confusion matrices, side by side."""

    definition: ConfusionDefinition
    panels: tuple[Matrix, ...]
    notes: tuple[str, ...]


def confusion(definition: ConfusionDefinition, material: Material) -> Confusion:
    """Return the matrices; NotFoundError where no trial has left counts, or some are of other classes."""
    lines = definition.columns or [Line(label=definition.stage)]
    found = layout_of(definition, [Line(label="counts")], lines, "counts", material)
    if len(found.columns) > _MOST_PANELS:
        raise NotFoundError(
            f"{len(found.columns)} matrices are more than fit side by side ({_MOST_PANELS})",
            hint="choose some by `where`",
        )
    panels, missing = [], dict[str, int]()
    for column, seen in zip(found.columns, found.seen[0], strict=True):
        label = full(column.path) if definition.columns else ""
        if each := _counted(seen, definition, material, missing):
            panels.append(Matrix(label=label, counts=summed(each), trials=len(each)))
        elif label:
            missing[f"{label}: no trial"] = 0
    seen = [one for group in found.seen[0] for one in group]
    if not panels:
        raise _nothing(definition, seen, material.stage(definition.stage))
    if (count := len(panels[0].counts.labels)) > _MOST_CLASSES:
        raise NotFoundError(
            f"{count} classes are more than a matrix can show ({_MOST_CLASSES})",
            hint="let the task count groups of classes, in an artifact of another name",
        )
    notes = (*_notes(panels, missing, len(seen)), *map(material.reference.footnote, definition.footnotes))
    return Confusion(definition=definition, panels=tuple(panels), notes=notes)


def confusion_chart(shown: Confusion) -> Chart:
    """Return what the page draws."""
    told = [_says(one) for one in shown.panels]
    return {
        "kind": "confusion",
        "says": f"What is true (rows) against what was answered (columns). {' '.join(told)}",
        "wide": len(shown.panels) > 2,
        "panels": [
            {
                "label": one.label,
                "labels": list(one.counts.labels),
                "rows": [list(map(rounded, row)) for row in one.counts.rows],
            }
            for one in shown.panels
        ],
    }  # fmt: skip


def _says(panel: Matrix) -> str:
    counts = panel.counts
    name = f"{panel.label}: " if panel.label else ""
    right = f"{name}{100 * counts.right / counts.total:.1f} % right" if counts.total else f"{name}no answers"
    wrong = counts.wrong()
    if not wrong:
        return f"{right}."
    share, truth, answer = wrong[0]
    return f"{right}; most often wrong: {truth} answered as {answer} ({100 * share:.1f} %)."


def _counted(
    seen: Sequence[Observation], definition: ConfusionDefinition, material: Material, missing: dict[str, int]
) -> list[Counts]:
    """Return the counts of finished trials; what others lack is counted in `missing`."""
    found = []
    for one in seen:
        counts = material.counts(one.trial, definition.artifact) if one.metrics is not None else None
        if counts is not None:
            found.append(counts)
        else:
            why = str(one.state).lower() if one.metrics is None else f"without `{definition.artifact}`"
            missing[why] = missing.get(why, 0) + 1
    return found


def _nothing(definition: ConfusionDefinition, seen: Sequence[Observation], stage: str) -> NotFoundError:
    name = definition.artifact
    if all(one.metrics is None for one in seen):
        return NotFoundError(f"no finished trial has left `{name}` yet")
    tasks = listed(sorted({one.trial.task for one in seen}))
    return NotFoundError(
        f"no trial of stage `{stage}` has left `{name}`",
        hint=f"let {tasks} write it (a line for each truth, a column for each answer); where it does by now, "
        f"`submit --fresh {stage}` trains again",
    )


def _notes(panels: Sequence[Matrix], missing: dict[str, int], total: int) -> list[str]:
    trials = sorted({one.trials for one in panels})
    of = f"{trials[0]}" if len(trials) == 1 else f"{trials[0]} to {trials[-1]}"
    plural = "s" * (trials != [1])
    notes = [f"Percent of each row, from the counts of {of} trial{plural}."]
    lacking = {why: count for why, count in missing.items() if count}
    if lacking:
        why = ", ".join(f"{count} {reason}" for reason, count in lacking.items())
        notes.append(f"{sum(lacking.values())} of {total} trials have no part in it ({why}).")
    return notes + [
        f"{why.removesuffix(': no trial')} is left out: no trial of it has counts."
        for why, count in missing.items()
        if not count
    ]
