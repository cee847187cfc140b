"""What the terminal shows of plans, studies and trials."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.judge import MOST_ALIKE
from orchestrator.evidence.objective import no_best
from orchestrator.evidence.skipped import Skipped, skipped
from orchestrator.evidence.state import Seen, State
from orchestrator.evidence.too_few import too_few
from orchestrator.files.line_file import last_line, logged
from orchestrator.study.shape import format_bytes, format_duration
from orchestrator.verbs.never_starts import never_starts_lines
from orchestrator.verbs.story import brief_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.disk_needed import DiskNeeded
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission
    from orchestrator.places.profile import Profile
    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial

STYLES = {
    State.DONE: "green",
    State.RUNNING: "cyan",
    State.FAILED: "bold red",
    State.SKIPPED: "magenta",
    State.PAUSED: "bold red",
    State.BLOCKED: "red",
    State.CANCELLED: "magenta",
    State.PRUNED: "magenta",
    State.LOST: "yellow",
    State.INTERRUPTED: "yellow",
}


# --- plan ----------------------------------------------------------------------------------------


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


# --- status --------------------------------------------------------------------------------------


def status_json(submission: Submission, seen: Seen) -> dict[str, Any]:
    """Return the state of a study for scripts."""
    held = skipped(submission.study, seen)
    return {
        "study": submission.study.name,
        "states": {str(state): count for state, count in sorted(seen.count().items())},
        "undecided": dict(seen.plan.undecided),
        "skipped": {
            "trials": len(held),
            "missing": [{"what": x.message, "hint": x.hint, "stages": list(x.stages)} for x in held.lacks],
        },
        "no_best": [
            {**asdict(one), "given": list(one.given), "waiting": list(one.waiting)}
            for one in no_best(submission.study, seen)
        ],
        "too_few": [asdict(one) for one in too_few(submission.study, seen)],
        "trials": [
            {
                "id": trial.id,
                "stage": trial.stage,
                "params": trial.params,
                "seed": trial.seed,
                "state": str(seen.states[trial.id]),
                "attempts": len(seen.evidence[trial.id].attempts),
                **_failure_json(seen, trial),
            }
            for trial in seen.plan.trials
        ],
    }


def _failure_json(seen: Seen, trial: Trial) -> dict[str, Any]:
    if seen.states[trial.id] is not State.FAILED:
        return {}
    found = diagnose(seen.evidence[trial.id])
    return {"failure": {"kind": found.kind, "message": found.message, "advice": found.advice}}


def status_table(submission: Submission, seen: Seen) -> Table:
    """Return one row per stage with a column for each state that occurs."""
    present = [state for state in State if state in seen.count()]
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("stage")
    table.add_column("trials", justify="right")
    for state in present:
        table.add_column(Text(str(state), style=STYLES.get(state, "")), justify="right")
    for stage in submission.study.stages:
        states = [seen.states[trial.id] for trial in seen.plan.of(stage.name)]
        total = len(states) + seen.plan.undecided.get(stage.name, 0)
        counts = [states.count(state) for state in present]
        cells = [
            Text(str(count), style=STYLES.get(state, "")) if count else Text("·", style="dim")
            for state, count in zip(present, counts, strict=True)
        ]
        table.add_row(stage.name, str(total), *cells)
    return table


def running_lines(runs: RunFolder, seen: Seen) -> list[str]:
    """Return a line for each trial that is being trained, with what it logged last."""
    lines = []
    for trial in seen.plan.by_id.values():
        if seen.states[trial.id] is State.RUNNING:
            attempt = runs.trial(trial).attempt(seen.evidence[trial.id].attempts[-1].number)
            last = logged(last_line(attempt / "metrics.jsonl"))
            numbers = " ".join(f"{name}={value:.4g}" for name, value in last[1].items()) if last else ""
            step = f"step {last[0]}: {numbers}" if last else "nothing logged yet"
            lines.append(f"{trial.stage} {trial.axes_text}: {step}")
    return lines


def notes(submission: Submission, seen: Seen) -> list[str]:
    """Return what a reader of the status should know: failures, what is skipped, no best, mixed code."""
    lines = [*_failed_lines(seen), *_paused_lines(submission, seen), *_skipped_lines(submission, seen)]
    lines += never_starts_lines(submission.study, seen)
    for stage in submission.study.stages:
        results = [seen.evidence[trial.id].result for trial in seen.plan.of(stage.name)]
        codes = {result.code for result in results if result is not None}
        if len(codes) > 1:
            lines.append(f"results of {stage.name} come from different code: {', '.join(sorted(codes))}")
    return lines


def _skipped_lines(submission: Submission, seen: Seen) -> list[str]:
    held = skipped(submission.study, seen)
    if not len(held):
        return []
    first = {lack.message.partition("\n")[0]: ", ".join(lack.stages) for lack in held.lacks}
    example = next((trial[:8] for trial in seen.states if trial in held.trials), "")
    return [
        f"{len(held)} of the trials are skipped, or need one that is; missing:",
        *(f"    {message} (for: {stages})" for message, stages in first.items()),
        *([f"    next: python -m orchestrator why {example}"] if example else []),
        f"    once it is there: {submission.again}",
    ]


def _failed_lines(seen: Seen) -> list[str]:
    """Return what went wrong and what to do, once for all trials of a stage that failed alike."""
    alike: dict[tuple[str, str, str, str], list[Trial]] = {}
    for trial in _in_state(seen, State.FAILED):
        found = diagnose(seen.evidence[trial.id])
        alike.setdefault((trial.stage, found.kind, found.message, found.advice), []).append(trial)
    lines = []
    for (stage, kind, message, advice), trials in alike.items():
        more = f" and {len(trials) - 1} more" if len(trials) > 1 else ""
        what = f"{kind}: {brief_failure(message, trials[0])}"
        lines.append(f"{stage} {trials[0].id} ({trials[0].axes_text}){more}: {what}")
        lines += [f"    {advice}", f"    next: python -m orchestrator why {trials[0].id[:8]}"]
    return lines


def _paused_lines(submission: Submission, seen: Seen) -> list[str]:
    paused = Counter(trial.stage for trial in _in_state(seen, State.PAUSED))
    return [
        f"{stage} is paused: {MOST_ALIKE} trials failed in the same way and none is DONE; {count} wait\n"
        f"    mend the cause, then: python -m orchestrator retry {submission.study.name}"
        for stage, count in paused.items()
    ]


def _in_state(seen: Seen, state: State) -> list[Trial]:
    return [trial for identity, trial in seen.plan.by_id.items() if seen.states[identity] is state]
