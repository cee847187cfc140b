"""What is said of a reproduction: a table of its numbers, a verdict, and the same for programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from orchestrator.report.cell_text import number
from orchestrator.report.reproduction.agreement import environment_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.reproduction.agreement import MetricPair, TrialPair
    from orchestrator.report.reproduction.cell_address import Placed
    from orchestrator.report.table import Cell

_COLUMNS = ("trial", "stage", "axes", "metric", "before", "after", "difference", "")


def pair_table(pairs: Sequence[TrialPair], shown: str) -> Table:
    """Return a row for the metric that the cell shows, of each of its trials, and for all that differs.

    Where a trial does not give what the cell shows, all of its metrics have a row.
    """
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in _COLUMNS:
        table.add_column(name, justify="right" if name in {"before", "after", "difference"} else "left")
    for pair in pairs:
        whole = pair.of_cell and shown not in {metric.name for metric in pair.metrics}
        words = [pair.trial.id[:8], pair.trial.stage, pair.trial.axes_text]
        for metric in pair.metrics:
            if whole or not metric.within or (pair.of_cell and metric.name == shown):
                numbers = [_told(metric.before), _told(metric.after), _difference(metric)]
                sign = Text("" if metric.within else "differs", style="bold red")
                table.add_row(*map(Text, (*words, metric.name, *numbers)), sign)
                words = [""] * 3
    return table


def verdict_lines(placed: Placed, now: Cell, pairs: Sequence[TrialPair], tolerance: float) -> list[str]:
    """Return what came of it, and what else differs between both trainings."""
    codes = sorted({pair.code for pair in pairs})
    measured = [(pair, metric) for pair in pairs for metric in pair.metrics]
    differing = [(pair, metric) for pair, metric in measured if not metric.within]
    within = "bit for bit" if tolerance == 0 else f"within {tolerance:g} of the larger number"
    lines = [f"note: {line}" for line in environment_lines(pairs)]
    lines.append(f"{placed.address}: {number(placed.cell)} before, {number(now)} now")
    lines.append(f"code: {', '.join(codes)}")
    if not differing:
        return [*lines, f"reproduced: all {len(measured)} metrics of {_trials(pairs)} are equal {within}"]
    told = f"{len(differing)} of {len(measured)} metrics, in {len({one.trial.id for one, _ in differing})} of"
    lines.append(f"not reproduced: {told} {_trials(pairs)}, differ by more than allowed ({within})")
    apart = [_relative(metric) for _, metric in differing]
    if known := [one for one in apart if one is not None]:
        lines.append(f"the farthest apart differ by {max(known):.3g} of the larger number")
    if len(known) == len(apart) and max(known) < 1:
        lines.append(f"    they are equal enough with: --tolerance {_rounded_up(max(known))}")
    return lines


def _trials(pairs: Sequence[TrialPair]) -> str:
    return f"{len(pairs)} trial{'s' * (len(pairs) != 1)}"


def reproduction_json(
    placed: Placed, now: Cell, pairs: Sequence[TrialPair], tolerance: float
) -> dict[str, Any]:
    """Return the same for programs; a number that is not finite is null."""
    return {
        "table": placed.table.id,
        "row": list(placed.table.rows[placed.row].path),
        "column": list(placed.table.columns[placed.column]),
        "metric": placed.cell.metric,
        "before": _finite(placed.cell.value),
        "after": _finite(now.value),
        "tolerance": tolerance,
        "reproduced": all(pair.within for pair in pairs),
        "trials": [_trial_json(pair) for pair in pairs],
    }


def _trial_json(pair: TrialPair) -> dict[str, Any]:
    return {
        "trial": pair.trial.id,
        "stage": pair.trial.stage,
        "axes": pair.trial.axes,
        "seed": pair.trial.seed,
        "code": pair.code,
        "of_cell": pair.of_cell,
        "metrics": {
            one.name: {
                "before": _finite(one.before),
                "after": _finite(one.after),
                "difference": _finite(one.difference),
                "within": one.within,
            }
            for one in pair.metrics
        },
        "elsewhere": {name: list(both) for name, both in pair.elsewhere.items()},
    }


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _told(value: float | None) -> str:
    return "none" if value is None else repr(value)


def _difference(metric: MetricPair) -> str:
    if metric.difference is None:
        return "—"
    return "0" if metric.before == metric.after else f"{metric.difference:+.3g}"


def _relative(metric: MetricPair) -> float | None:
    """Return by what share of the larger number both differ; None where one is not there, or not finite."""
    before, after = metric.before, metric.after
    if before is None or after is None or not math.isfinite(before - after):
        return None
    larger = max(abs(before), abs(after))
    return abs(after - before) / larger if larger else 0.0


def _rounded_up(share: float) -> str:
    """Return the least number of one digit that is larger, as `4e-07`."""
    size = math.floor(math.log10(share))
    return f"{(math.floor(share / 10**size) + 1) * 10**size:.0e}"
