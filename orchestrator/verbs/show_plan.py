"""What the terminal shows of a plan, and scripts get."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from rich.table import Table

from orchestrator.evidence.skipped import Skipped, skipped
from orchestrator.evidence.state import Seen, State
from orchestrator.report.trial_forms import brief_text
from orchestrator.study.shape import format_bytes, format_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.disk_needed import DiskNeeded
    from orchestrator.places.profile import Profile
    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial

_SUMS = ("trials", "undecided", "done", "skipped", "to_do", "gpu_hours")


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
    to_do = total - done - left_out
    return {
        "stage": stage.name,
        "task": stage.task,
        "trials": total,
        "undecided": undecided,
        "done": done,
        "skipped": left_out,
        "to_do": to_do,
        "workers": min(to_do, stage.shape.workers or profile.max_workers, profile.max_workers),
        "gpu_hours": round(to_do * stage.shape.gpus * stage.shape.time / 3600, 2),
        "shape": stage.shape_name,
        "resources": stage.shape.model_dump(mode="json"),
    }


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


def plan_table(rows: list[dict[str, Any]], totals: dict[str, Any]) -> Table:
    """Return the plan as a table with a line of totals."""
    counts = ["trials", "done", *(["skipped"] if totals["skipped"] else []), "to_do"]
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("stage")
    table.add_column("task")
    for name in (*counts, "workers"):
        table.add_column(name.replace("_", " "), justify="right")
    table.add_column("shape")
    table.add_column("GPU-hours at most", justify="right")
    disk = _disk_cells(rows, totals)
    if disk:
        table.add_column("disk", justify="right")
    for place, row in enumerate(rows):
        numbers = [str(row[name]) for name in (*counts, "workers")]
        last = [_shape(row["resources"]), f"{row['gpu_hours']:g}", *disk[place : place + 1]]
        table.add_row(row["stage"], row["task"], *numbers, *last)
    table.add_section()
    sums = [str(totals[name]) for name in counts]
    table.add_row("all", "", *sums, "", "", f"{totals['gpu_hours']:g}", *disk[-1:], style="bold")
    if shared := sum(row["trials"] for row in rows) - totals["trials"]:
        table.caption = f"{shared} trials belong to several stages and count once below the line."
    return table


def _shape(shape: dict[str, Any]) -> str:
    gpus = f"{shape['gpus']} GPU, " if shape["gpus"] else ""
    memory = shape["memory"]
    size = f"{memory / 1024:g} GB" if memory >= 1024 else f"{memory} MB"
    return f"{gpus}{shape['cpus']} CPU, {size}, {format_duration(shape['time'])}"


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
    sought = {stage.name: tuple(stage.search.space) if stage.search else () for stage in study.stages}
    lines = []
    for trial in trials:
        start = f"{trial.id[:8]}  {seen.states[trial.id]:{states}}  {trial.stage:{stages}}"
        needs = "".join(f" {name}={need[:8]}" for name, need in trial.needs.items())
        line = f"{start}  {_point_text(trial, sought[trial.stage])}{f'  needs{needs}' if needs else ''}"
        lines.append(_wrapped(line, width) if width is not None and len(line) > width else line)
    return lines


def _point_text(trial: Trial, sought: Sequence[str]) -> str:
    """Return the axes, and what a search chose."""
    chosen = {name: trial.params[name] for name in sought if name in trial.params and name not in trial.axes}
    texts = [trial.axes_text] if trial.axes or not chosen else []
    return " ".join([*texts, *(f"{name}={brief_text(value)}" for name, value in chosen.items())])


def _wrapped(line: str, width: int) -> str:
    return fill(line, width, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
