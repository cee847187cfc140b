"""What surrounds the numbers of a table: printed values, bold ones, marks and notes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from string import ascii_lowercase
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import TIMING
from orchestrator.report.comparison.judging import Judging
from orchestrator.report.left_out import left_out_notes
from orchestrator.report.mixed_code import mixed_code_notes
from orchestrator.report.table import ABSENT, Cell, Note, Row, Table, full

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.definition import Link, Spread
    from orchestrator.report.reference import PrintedTable
    from orchestrator.report.selection import Material, Observation
    from orchestrator.report.table import NoteKind


def annotated(
    table: Table,
    used: Sequence[Observation],
    material: Material,
    link: Link | None,
    footnotes: Sequence[str],
    *,
    judging: Judging | None = None,
) -> Table:
    """Return the table with printed numbers, bold values, comparisons, marks and notes."""
    judging = judging or Judging()
    printed = material.reference.table(link.table) if link else None
    rows = with_printed(table, link, printed) if link and printed else table.rows
    table = judging.judged(replace(table, rows=rows), material)
    rows, marked = with_marks(table.rows)
    ids = dict.fromkeys([*(printed.see if printed else []), *footnotes])
    notes = [
        *_notes("method", spread_note(rows), printed_note(printed) if printed else "", *judging.notes(table)),
        *marked,
        *_notes("method", combined_note(rows), timed_note(rows, used)),
        *_notes("caution", gap_note(rows), *flag_notes(used, material.file.flags)),
        *_notes("state", *mixed_code_notes(used, material)),
        *_notes("caution", *left_out_notes(used, material)),
        *_notes("state", *undecided_notes(table, material)),
        *_notes("source", *map(material.reference.footnote, ids)),
    ]
    table = replace(table, rows=rows, notes=tuple(notes), printed=printed.where if printed else "")
    return judging.widened(table)


def _notes(kind: NoteKind, *texts: str) -> list[Note]:
    return [Note(text=text, kind=kind) for text in texts if text]


def undecided_notes(table: Table, material: Material) -> list[str]:
    """Say of which stages of the table searches have trials still to ask for."""
    counts = {stage: material.undecided.get(stage, 0) for stage in (table.stage, *table.others)}
    return [
        f"{count} trials of stage {stage} are not decided yet." for stage, count in counts.items() if count
    ]


def with_printed(table: Table, link: Link, printed: PrintedTable) -> tuple[Row, ...]:
    """Return the rows with the printed number in every cell that has one."""
    columns = [link.columns.get(full(column), full(column)) for column in table.columns]
    rows = []
    for row in table.rows:
        name = link.rows.get(full(row.path), full(row.path))
        numbers = [printed.value(name, column) for column in columns]
        cells = zip(row.cells, numbers, strict=True)
        rows.append(replace(row, cells=tuple(replace(cell, reference=number) for cell, number in cells)))
    return tuple(rows)


SPREADS: dict[Spread, str] = {
    "std": "± sample standard deviation",
    "sem": "± standard error of the mean",
    "ci95": "± half of the 95 % confidence interval of the mean (Student's t)",
    "range": "[least, greatest]",
    "none": "",
}
"""What a note says of each spread."""


def with_marks(rows: Sequence[Row]) -> tuple[tuple[Row, ...], list[Note]]:
    """Return the rows with a letter at every cell to be read with care, and what the letters mean."""
    letters: dict[str, str] = {}

    def marked(cell: Cell) -> Cell:
        text = " ".join(_cautions(cell))
        if not text:
            return cell
        letter = ascii_lowercase[len(letters) % 26] * (1 + len(letters) // 26)
        return replace(cell, mark=letters.setdefault(text, letter))

    found = tuple(replace(row, cells=tuple(map(marked, row.cells))) for row in rows)
    return found, [Note(text=text, mark=mark) for text, mark in letters.items()]


def _cautions(cell: Cell) -> list[str]:
    """Return why a cell that has a value is to be read with care."""
    texts = []
    if cell.n and cell.missing:
        planned, why = cell.n + cell.missing, listed(dict(cell.reasons))
        texts.append(f"{cell.n} of {planned} have a value ({why}); the mean is over those.")
    if cell.n and cell.shared:
        told = f"{cell.shared} of {len(cell.trials)} trials shared their worker with others"
        texts.append(
            f"{told} (`slots`, `lockstep`): their times are no comparison, and none in the column is bold."
        )
    if cell.n and cell.in_lockstep:
        told = f"{cell.in_lockstep} of {len(cell.trials)} trials were trained in lockstep with others"
        texts.append(f"{told}, which gives the numbers of a training alone but for rounding.")
    return [*texts, *cell.unlike]


def spread_note(rows: Sequence[Row]) -> str:
    """Say what stands before and after the ±, or in brackets."""
    shown = [cell for row in rows for cell in row.cells if cell.n and cell.spread != "none"]
    if not shown:
        return ""
    counts = {cell.n for cell in shown}
    if counts == {1}:
        return "One value per cell, so no spread is known."
    seeds = f"n = {counts.pop()}" if len(counts) == 1 else f"n = {min(counts)} to {max(counts)}"
    words = dict.fromkeys(SPREADS[cell.spread] for cell in shown)
    return f"Mean {' or '.join(words)}, {seeds}."


def combined_note(rows: Sequence[Row]) -> str:
    """Say which values stand for several trials each, before any mean is taken."""
    metrics: dict[str, dict[str, None]] = {}
    for row in rows:
        for cell in row.cells:
            if cell.combined:
                metrics.setdefault(cell.combined, {})[cell.metric] = None
    told = "; ".join(f"{how} of {', '.join(names)}" for how, names in metrics.items())
    return f"Combined before the mean: {told}." if told else ""


def timed_note(rows: Sequence[Row], used: Sequence[Observation]) -> str:
    """Say on what times were taken, where a table has some: a paper's are those of another machine."""
    cells = [cell for row in rows for cell in row.cells if cell.n and cell.metric.startswith(TIMING)]
    trials = {trial for cell in cells for trial in cell.trials}
    made = {one.trial.id: one.made_with for one in used if one.trial.id in trials and one.made_with}
    machines = Counter(
        str(facts["gpu"]) if "gpu" in facts else f"a CPU with {facts.get('threads', '?')} threads"
        for facts in made.values()
    )
    told = ", ".join(f"{machine} (in {count} of {len(made)} trials)" for machine, count in machines.items())
    return f"Times were taken on: {told}." if told else ""


def printed_note(printed: PrintedTable) -> str:
    """Say where the numbers in parentheses come from."""
    if printed.kind == "derived":
        return "In parentheses: derived from what is printed."
    return f"In parentheses: as printed in {printed.where}."


def gap_note(rows: Sequence[Row]) -> str:
    """Say why cells are empty."""
    cells = [cell for row in rows for cell in row.cells if not cell.n]
    if not cells:
        return ""
    total = sum(len(row.cells) for row in rows)
    reasons = dict.fromkeys(reason for cell in cells for reason, _ in cell.reasons)
    if not all(cell.missing for cell in cells):
        reasons[ABSENT] = None
    why = ", ".join(reasons) or "a trial is not in this study"
    return f"—: no value in {len(cells)} of {total} cells ({why})."


def listed(reasons: Mapping[str, int]) -> str:
    """Return counted reasons in one line, as `1 failed, 2 waiting`."""
    return ", ".join(f"{count} {reason}" for reason, count in reasons.items()) or "others not in this study"


def flag_notes(used: Sequence[Observation], flags: Mapping[str, str]) -> list[str]:
    """Say which results have to be read with care, as their own metrics tell."""
    notes = []
    for metric, text in flags.items():
        given = {one.trial.id: (one.metrics or {}).get(metric) for one in used}
        known = [value for value in given.values() if value is not None]
        if flagged := sum(value == 1 for value in known):
            notes.append(f"{text} (in {flagged} of {len(known)} trials).")
    return notes
