"""What figures of cells have in common: bars, heat maps, and what is counted of curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.report.cell_text import number
from orchestrator.report.definition import Line, TableDefinition
from orchestrator.report.directions import guessed
from orchestrator.report.page.trial_details import rounded
from orchestrator.report.table import full
from orchestrator.report.tabulate import build, layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.definition import Better, CellsDefinition, Declared
    from orchestrator.report.selection import Material, Observation
    from orchestrator.report.table import Cell, Table
    from orchestrator.report.tabulate import Layout

MOST_COLORS = 8
"""As many as can be told apart."""


def cells_of(definition: CellsDefinition, material: Material) -> Table:
    """Return the table that a figure draws; NotFoundError where it has no number.

    Which of its values are the best is no question of a figure, so none is bold.
    """
    own = set(type(definition).model_fields) & set(TableDefinition.model_fields) - {"better"}
    table = build(
        TableDefinition.model_construct(**{name: getattr(definition, name) for name in own}), material
    )
    if not named(table):
        used = [one for seen in material.stages.values() for one in seen]
        raise no_value(sorted({cell.metric for row in table.rows for cell in row.cells}), used)
    return table


def layout_of(
    definition: Declared, rows: Sequence[Line], columns: Sequence[Line], metric: str, material: Material
) -> Layout:
    """Return which trials stand where in a figure of cells; NotFoundError as for a table."""
    own = set(type(definition).model_fields) & {"id", "title", "stage", "where", "aggregate"}
    given: dict[str, Any] = {name: getattr(definition, name) for name in own}
    given |= {"rows": rows, "columns": columns, "metric": metric}
    return layout(TableDefinition.model_construct(**given), material)


def no_value(names: Sequence[str], seen: Sequence[Observation]) -> NotFoundError:
    """Return the error of a figure of which no trial has a number: not yet, or never."""
    done = [one.metrics for one in seen if one.metrics is not None]
    known = sorted({name for metrics in done for name in metrics})
    strange = [name for name in names if name not in known]
    if not known or not strange:
        return NotFoundError(f"no trial has a value of `{'`, `'.join(names)}` yet")
    hint = nearest(strange[0], known, f"the metrics are: {', '.join(known)}")
    return NotFoundError(f"no trial has a metric `{strange[0]}`", hint=hint)


def axes_of(lines: Sequence[Line]) -> str:
    """Return the axes that lines run over, as a reader is told; nothing where they are named one by one."""
    return ", ".join(dict.fromkeys(axis for line in lines for axis in line.over))


def axis_label(said: str | None, lines: Sequence[Line]) -> str:
    """Return what stands along a figure: what somebody says, else the axes that its lines run over."""
    return axes_of(lines) if said is None else said


def direction(better: Better | None, metric: str | None) -> Better:
    """Return which values are better, as somebody says or as the name of the metric does."""
    return guessed(metric or "") if better in (None, "none") else better


def notes_of(table: Table) -> tuple[str, ...]:
    """Return the notes of a table in lines, each with the letter that its cells carry."""
    return tuple(f"{f'[{note.mark}] ' if note.mark else ''}{note.text}" for note in table.notes)


def named(table: Table) -> list[tuple[str, Cell]]:
    """Return every cell with a number, with what it is of."""
    several = len(table.rows) > 1
    return [
        (", ".join([full(row.path)] * several + [full(column)]), cell)
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell.n
    ]


def span(table: Table, better: Better) -> str:
    """Say from where to where the numbers of a figure go, and which end is the better one."""
    found = sorted(named(table), key=lambda one: (one[1].value or 0.0, one[0]))
    least, most = (f"{_value(cell)} ({what})" for what, cell in (found[0], found[-1]))
    if len(found) == 1:
        return f"The one number is {least}."
    empty = sum(not cell.n for row in table.rows for cell in row.cells)
    gaps = f" {empty} without a value." if empty else ""
    if better == "none":
        return f"From {least} to {most}.{gaps}"
    best, worst = (most, least) if better == "higher" else (least, most)
    return f"Best {best}, worst {worst}.{gaps}"


def _value(cell: Cell) -> str:
    return number(cell).split(" ")[0]


def cell_values(table: Table, down: str, across: str) -> list[list[dict[str, Any]]]:
    """Return the cells of a table as the page draws them; `down` and `across` name its sides."""
    return [
        [
            _drawn(_side(down, row.path), _side(across, column), cell)
            for column, cell in zip(table.columns, row.cells, strict=True)
        ]
        for row in table.rows
    ]


def _side(name: str, path: Sequence[str]) -> str:
    return f"{name}: {full(path)}" if name else full(path)


def _drawn(row: str, column: str, cell: Cell) -> dict[str, Any]:
    low, high = ends(cell)
    missing = f", {cell.missing} missing" if cell.missing else ""
    why = f" ({', '.join(f'{count} {reason}' for reason, count in cell.reasons)})" if cell.reasons else ""
    return {
        "value": None if cell.value is None else rounded(cell.value),
        "low": low,
        "high": high,
        "text": _value(cell) if cell.n else "",
        "full": " ".join(filter(None, (number(cell), cell.mark))),
        "mark": cell.mark,
        "told": f"{row}\n{column}\n{number(cell)}, n = {cell.n}{missing}{why}",
    }


def ends(cell: Cell) -> tuple[float | None, float | None]:
    """Return the ends of what is shown behind the mean; None where nothing is."""
    if cell.value is None:
        return None, None
    if cell.ends:
        return cell.ends
    around = cell.around
    return (None, None) if around is None else (cell.value - around, cell.value + around)


def text_of_cell(cell: Cell) -> str:
    """Return the number of a cell as it stands in a figure, with the letter of its note."""
    return f"{_value(cell)}{f' {cell.mark}' if cell.mark else ''}" if cell.n else ""


def check_colors(rows: Sequence[object], lines: Sequence[Line]) -> None:
    """Raise NotFoundError where rows are more than there are colours for them."""
    if len(rows) > MOST_COLORS:
        axes = axes_of(lines)
        raise NotFoundError(
            f"its {len(rows)} rows{f' over {axes}' if axes else ''} are more than the {MOST_COLORS} colours"
            " that can be told apart",
            hint="swap `rows` and `columns`, or choose some by `where`",
        )
