"""What the terminal shows of a plan, and scripts get."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from rich.table import Table

from orchestrator.evidence.skipped import Skipped, skipped
from orchestrator.evidence.state import Seen, State
from orchestrator.report.trial_forms import brief_text
from orchestrator.study.searches.tree import chosen_in
from orchestrator.study.shape import format_bytes
from orchestrator.verbs.shape_text import shape_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from rich.console import JustifyMethod

    from orchestrator.evidence.disk_needed import DiskNeeded
    from orchestrator.places.profile import Profile
    from orchestrator.study.searches.search import Search
    from orchestrator.study.shape import Shape
    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial

_TEXTS = frozenset({"stage", "task", "shape"})
_TALL_HEADERS = {"GPU-hours at most": "GPU-hours\nat most"}
"""Of tables that lack room."""
_MISSED_LEAST = ("task", "workers", "shape")
_GAP = 2
"""Between two columns."""
_SUMS = ("trials", "undecided", "done", "pruned", "skipped", "to_do", "gpu_hours")
_OVER = {State.DONE, State.PRUNED}
"""States of trials that nobody starts again by himself."""


def plan_rows(study: Study, seen: Seen, profile: Profile) -> list[dict[str, Any]]:
    """Return one row per stage: what it consists of, what is left, and what that costs at most."""
    held = skipped(study, seen)
    return [_plan_row(stage, seen.plan.of(stage.name), seen, held, profile) for stage in study.stages]


def plan_totals(study: Study, seen: Seen, profile: Profile) -> dict[str, Any]:
    """Return the sums over all stages; a trial that several stages share counts once, in the first."""
    held, counted = skipped(study, seen), set[str]()
    sums: dict[str, Any] = dict.fromkeys(_SUMS, 0)
    for stage in study.stages:
        new = [trial for trial in seen.plan.of(stage.name) if trial.id not in counted]
        counted.update(trial.id for trial in new)
        row = _plan_row(stage, new, seen, held, profile)
        sums = {name: round(sums[name] + row[name], 2) for name in _SUMS}
    return sums


def _plan_row(
    stage: Stage, trials: Sequence[Trial], seen: Seen, held: Skipped, profile: Profile
) -> dict[str, Any]:
    undecided = seen.plan.undecided.get(stage.name, 0)
    total = len(trials) + undecided
    done = sum(seen.states[trial.id] is State.DONE for trial in trials)
    left_out = sum(trial.id in held.trials for trial in trials) + held.undecided.get(stage.name, 0)
    pruned = sum(seen.states[trial.id] is State.PRUNED for trial in trials)
    to_do = total - done - pruned - left_out
    ahead = [
        stage.shape_of(trial)
        for trial in trials
        if seen.states[trial.id] not in _OVER and trial.id not in held.trials
    ]
    largest = max(map(_gpu_seconds, stage.shapes), default=0)
    seconds = sum(map(_gpu_seconds, ahead)) + (to_do - len(ahead)) * largest
    workers = max((shape.workers or profile.max_workers for shape in stage.shapes), default=0)
    slots = min((shape.at_once for shape in stage.shapes), default=1)
    return {
        "stage": stage.name,
        "task": stage.task,
        "trials": total,
        "undecided": undecided,
        "done": done,
        "pruned": pruned,
        "skipped": left_out,
        "to_do": to_do,
        "workers": min(-(-to_do // slots), workers, profile.max_workers),
        "gpu_hours": round(seconds / 3600, 2),
        "shape": stage.shape_name,
        "asks": shape_text(stage.shapes),
        "resources": stage.shape.model_dump(mode="json"),
        "shapes": [shape.model_dump(mode="json") for shape in stage.shapes],
    }


def _gpu_seconds(shape: Shape) -> float:
    return shape.all_gpus * shape.time / shape.at_once


def with_disk(
    rows: list[dict[str, Any]], totals: dict[str, Any], needed: DiskNeeded
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return a plan with the bytes that the trials to do leave behind; None where a task does not say."""
    rows = [{**row, "disk": needed.stages[row["stage"]]} for row in rows]
    silent = [row["stage"] for row in rows if row["disk"] is None and row["to_do"]]
    return rows, {**totals, "disk": needed.total, "disk_unknown": silent}


def _disk_cells(rows: list[dict[str, Any]], totals: dict[str, Any]) -> list[str]:
    """Return the column of what trials leave behind, its total last; empty where no task says."""
    if not any(row.get("disk") for row in rows):
        return []
    cells = ["·" if row["disk"] is None else format_bytes(row["disk"]) for row in rows]
    return [*cells, format_bytes(totals["disk"]) + "+" * bool(totals["disk_unknown"])]


def plan_table(rows: list[dict[str, Any]], totals: dict[str, Any], without: Collection[str] = ()) -> Table:
    """Return the plan as a table with a line of totals, and without the columns named."""
    columns = {name: cells for name, cells in _plan_columns(rows, totals).items() if name not in without}
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        header = _TALL_HEADERS.get(name, name) if without else name
        justify: JustifyMethod = "left" if name in _TEXTS else "right"
        table.add_column(header, justify=justify, overflow="fold", no_wrap=name != "stage")
    *lines, last = zip(*columns.values(), strict=True)
    for line in lines:
        table.add_row(*line)
    table.add_section()
    table.add_row(*last, style="bold")
    if shared := sum(row["trials"] for row in rows) - totals["trials"]:
        table.caption = f"{shared} trials belong to several stages and count once below the line."
    return table


def crowded_out(rows: list[dict[str, Any]], totals: dict[str, Any], width: int) -> tuple[str, ...]:
    """Return the columns of a plan for which a terminal has no room, those first that are missed least."""
    columns = _plan_columns(rows, totals)
    widths = _widths(columns)
    without: list[str] = []
    for name in _MISSED_LEAST:
        if _total(widths) <= width:
            break
        del widths[name]
        without.append(name)
        for tall, header in _TALL_HEADERS.items():
            widths[tall] = max(map(len, (*header.split("\n"), *columns[tall])))
    return tuple(without)


def plan_width(rows: list[dict[str, Any]], totals: dict[str, Any]) -> int:
    """Return how many letters wide a whole plan is."""
    return _total(_widths(_plan_columns(rows, totals)))


def _widths(columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {name: max(map(len, (name, *cells))) for name, cells in columns.items()}


def _total(widths: Mapping[str, int]) -> int:
    return sum(widths.values()) + _GAP * (len(widths) - 1)


def _plan_columns(rows: list[dict[str, Any]], totals: dict[str, Any]) -> dict[str, list[str]]:
    """Return header -> the cells of its column, the total last."""
    counts = ["trials", "done", *(name for name in ("pruned", "skipped") if totals[name]), "to_do"]
    disk = _disk_cells(rows, totals)
    return {
        "stage": [*(row["stage"] for row in rows), "all"],
        "task": [*(row["task"] for row in rows), ""],
        **{name.replace("_", " "): [str(row[name]) for row in (*rows, totals)] for name in counts},
        "workers": [*(str(row["workers"]) for row in rows), ""],
        "shape": [*(row["asks"] for row in rows), ""],
        "GPU-hours at most": [f"{row['gpu_hours']:g}" for row in (*rows, totals)],
        **({"disk": disk} if disk else {}),
    }


def plan_json(study: Study, seen: Seen, rows: list[dict[str, Any]], totals: dict[str, Any]) -> dict[str, Any]:
    """Return a plan for scripts; `planned` counts trials, those that are not decided yet among them."""
    counts = {"planned": totals["trials"], **{name: totals[name] for name in totals if name != "trials"}}
    trials = [
        {
            "id": trial.id,
            "stage": trial.stage,
            "axes": trial.axes,
            "params": trial.params,
            "needs": trial.needs,
            "state": str(seen.states[trial.id]),
        }
        for trial in seen.plan.trials
    ]
    return {"study": study.name, **counts, "stages": rows, "trials": trials}


def trial_lines(study: Study, seen: Seen, width: int | None) -> list[str]:
    """Return a line for each trial: id, state, stage, axes, needs; wrapped where a terminal is narrow."""
    trials = seen.plan.trials
    states = max((len(seen.states[trial.id]) for trial in trials), default=0)
    stages = max((len(trial.stage) for trial in trials), default=0)
    searches = {stage.name: stage.search for stage in study.stages}
    lines = []
    for trial in trials:
        start = f"{trial.id[:8]}  {seen.states[trial.id]:{states}}  {trial.stage:{stages}}"
        needs = "".join(f" {name}={need[:8]}" for name, need in trial.needs.items())
        line = f"{start}  {_point_text(trial, searches[trial.stage])}{f'  needs{needs}' if needs else ''}"
        lines.append(_wrapped(line, width) if width is not None and len(line) > width else line)
    return lines


def _point_text(trial: Trial, search: Search | None) -> str:
    """Return the axes, and what a search chose."""
    found = chosen_in(search.space, trial.params) if search else {}
    chosen = {name: value for name, value in found.items() if name not in trial.axes}
    texts = [trial.axes_text] if trial.axes or not chosen else []
    return " ".join([*texts, *(f"{name}={brief_text(value)}" for name, value in chosen.items())])


def _wrapped(line: str, width: int) -> str:
    return fill(line, width, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
