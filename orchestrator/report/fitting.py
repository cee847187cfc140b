"""Which columns of the trials' rows a terminal has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.report.escape import barred
from orchestrator.report.trial_forms import NOTHING, cells, table_of
from orchestrator.report.trial_rows import MEASURED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.trial_rows import TrialRows

_ID_LETTERS = 8
"""Of a trial's id or a hash of code: as many as commands are usually given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A table for a terminal, and what is not in it."""

    text: str
    same: Mapping[str, str]
    """Columns with the same value in all rows, and which."""
    left_out: tuple[str, ...]
    """Columns for which there was no room."""


def fitted(found: TrialRows, width: int) -> Fitted:
    """Return the table in this width where that can be: costs are left out first, axes last.

    A wide table shows the beginnings of ids, and no column that is the same in all rows.
    """
    rows = cells(found, found.columns)
    texts = {name: tuple(row[place] for row in rows) for place, name in enumerate(found.columns)}
    if _total(_widths(texts)) <= width:
        return Fitted(text=_table(texts), same={}, left_out=())
    texts |= {name: tuple(text[:_ID_LETTERS] for text in texts[name]) for name in ("trial", "code")}
    alike = [name for name, column in texts.items() if len(set(column)) == 1 and len(column) > 1]
    same = {name: text for name in alike if (text := texts.pop(name)[0]) != NOTHING}
    widths = _widths(texts)
    left_out: list[str] = []
    for name in [name for name in _droppable(found) if name in widths]:
        if _total(widths) <= width:
            break
        del widths[name]
        left_out.append(name)
    text = _table({name: texts[name] for name in widths})
    return Fitted(text=text, same=same, left_out=tuple(left_out))


def _droppable(found: TrialRows) -> list[str]:
    """Return the columns that may be left out, those first that are missed least."""
    costs = ("code", *MEASURED, "gpu_hours", "seconds", "attempts")
    return [*costs, *reversed(found.params), *reversed(found.metrics), *reversed(found.axes)]


def _widths(texts: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {name: max(len(barred(text)) for text in (name, *column)) for name, column in texts.items()}


def _total(widths: Mapping[str, int]) -> int:
    return sum(width + 3 for width in widths.values()) + 1


def _table(texts: Mapping[str, Sequence[str]]) -> str:
    return table_of(list(texts), list(zip(*texts.values(), strict=True)))
