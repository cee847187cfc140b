"""A plan as a table: only columns that say something, as many of them as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from orchestrator.study.shape import format_bytes
from orchestrator.verbs.cut import cut_all
from orchestrator.verbs.live_view import hours_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import JustifyMethod

_TEXTS = frozenset({"stage", "task", "shape"})
_MISSED_LEAST = ("task", "shape", "disk", "workers", "legs")
_GAP = 2
"""Between two columns."""
_SHORTEST = 24
"""Letters that the name of a stage keeps before columns are left out for it."""
AT_MOST, ABOUT, SAID = "≤", "~", "≈"
"""Before hours: what wall limits allow, what finished trials let expect, and what tasks say."""


def plan_table(
    rows: list[dict[str, Any]], totals: dict[str, Any], width: int | None = None
) -> tuple[Table, tuple[str, ...]]:
    """Return the plan as a table with a line of totals, and the columns that it leaves out.

    It leaves out what so many letters have no room for; without `width` nothing. Names of stages that are
    cut stay different from each other.
    """
    columns = _plan_columns(rows, totals)
    without = _crowded_out(columns, width) if width else ()
    for name in without:
        del columns[name]
    if width:
        room = width - _total({name: cells for name, cells in columns.items() if name != "stage"}) - _GAP
        columns["stage"] = cut_all(columns["stage"], max(room, 1))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        justify: JustifyMethod = "left" if name in _TEXTS else "right"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=True)
    *lines, last = zip(*columns.values(), strict=True)
    for line in lines:
        table.add_row(*line)
    table.add_section()
    table.add_row(*last, style="bold")
    if shared := sum(row["trials"] for row in rows) - totals["trials"]:
        table.caption = f"{shared} trials belong to several stages and count once below the line."
    return table, without


def plan_width(rows: list[dict[str, Any]], totals: dict[str, Any]) -> int:
    """Return how many letters wide a whole plan is."""
    return _total(_plan_columns(rows, totals))


def basis_line(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what the hours of a plan rest on; empty where nothing is to do."""
    to_do = [row for row in rows if row["to_do"]]
    found = [row["expected"] for row in to_do if row["expected"]]
    told = [f"{AT_MOST} what wall limits allow"] if len(found) < len(to_do) else []
    if found:
        same = sum(one["same_stage"] for one in found)
        whose = "their stage" if same == len(found) else "their stage, else of their task"
        whose = whose if same else "their task"
        others = "" if all(one["same_study"] for one in found) else ", also in other studies"
        told.append(f"{ABOUT} as long as finished trials of {whose}{others}")
    if said := [row["told"] for row in to_do if _said(row)]:
        on = " and on ".join(sorted({one["on"] for one in said if one["on"]}))
        told.append(f"{SAID} as their tasks say{f', measured on {on}' if on else ''}")
    return f"hours: {', '.join(told)}" if told else ""


def _crowded_out(columns: Mapping[str, Sequence[str]], width: int) -> tuple[str, ...]:
    """Return the columns for which a terminal has no room, those first that are missed least."""
    left = {name: cells for name, cells in columns.items() if name != "stage"}
    longest = max(map(len, columns["stage"]))
    without: list[str] = []
    for name in _MISSED_LEAST:
        least = longest if name in _TEXTS else min(longest, _SHORTEST)
        if _total(left) + _GAP + least <= width:
            break
        if left.pop(name, None):
            without.append(name)
    return tuple(without)


def _total(columns: Mapping[str, Sequence[str]]) -> int:
    widths = [max(map(len, (name, *cells))) for name, cells in columns.items()]
    return sum(widths) + _GAP * (len(widths) - 1)


def _plan_columns(rows: list[dict[str, Any]], totals: dict[str, Any]) -> dict[str, list[str]]:
    """Return header -> the cells of its column, the total last; none that says nothing."""
    counts = ["trials", *(name for name in ("done", "pruned", "skipped") if totals[name]), "to_do"]
    legs = ["·" if row["legs"] is None or not row["to_do"] else str(row["legs"]) for row in rows]
    disk = _disk_cells(rows, totals)
    return {
        "stage": [*(row["stage"] for row in rows), "all"],
        "task": [*(row["task"] for row in rows), ""],
        **{name.replace("_", " "): [str(row[name]) for row in (*rows, totals)] for name in counts},
        **({"legs": [*legs, ""]} if any(row["legs"] and row["legs"] > 1 for row in rows) else {}),
        "workers": [*(str(row["workers"]) for row in rows), ""],
        "shape": [*(row["asks"] for row in rows), ""],
        "CPU-hours": [*(_hours(row, "cpu_hours") for row in rows), _sum(rows, totals, "cpu_hours")],
        **({"GPU-hours": _gpu_cells(rows, totals)} if any(map(_gpus, rows)) else {}),
        **({"disk": disk} if disk else {}),
    }


def _gpus(row: Mapping[str, Any]) -> bool:
    return any(shape["gpus"] for shape in row["shapes"])


def _gpu_cells(rows: Sequence[Mapping[str, Any]], totals: Mapping[str, Any]) -> list[str]:
    cells = [_hours(row, "gpu_hours") if _gpus(row) else "·" for row in rows]
    return [*cells, _sum([row for row in rows if _gpus(row)], totals, "gpu_hours")]


def _said(row: Mapping[str, Any]) -> bool:
    """Say whether what a task says is the best that is known."""
    return bool(row["to_do"] and not row["expected"] and row.get("told"))


def _hours(row: Mapping[str, Any], name: str) -> str:
    """Return what a stage costs: as finished trials let expect, else as its task says, and at most."""
    if not row["to_do"]:
        return "·"
    if row["expected"]:
        return _marked(ABOUT, row["expected"][name])
    at_most = _marked(AT_MOST, row[name])
    return f"{_marked(SAID, row['told'][name])} {at_most}" if _said(row) else at_most


def _marked(mark: str, hours: float) -> str:
    text = hours_text(hours)
    return text if text.startswith("<") else f"{mark} {text}"


def _sum(rows: Sequence[Mapping[str, Any]], totals: Mapping[str, Any], name: str) -> str:
    to_do = [row for row in rows if row["to_do"]]
    if not to_do:
        return "0"
    likely = totals["expected"][name]
    if all(row["expected"] for row in to_do):
        return _marked(ABOUT, likely)
    said = (totals.get("told") or {}).get(name)
    at_most = _marked(AT_MOST, likely)
    return at_most if said is None else f"{_marked(SAID, said)} {at_most}"


def _disk_cells(rows: list[dict[str, Any]], totals: dict[str, Any]) -> list[str]:
    """Return the column of what trials leave behind, its total last; empty where no task says."""
    if not any(row.get("disk") for row in rows):
        return []
    cells = ["·" if row["disk"] is None else format_bytes(row["disk"]) for row in rows]
    return [*cells, format_bytes(totals["disk"]) + "+" * bool(totals["disk_unknown"])]
