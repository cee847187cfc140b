"""What the terminal shows of plans, studies and trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from orchestrator.core.failure import advice
from orchestrator.core.shape import format_duration
from orchestrator.core.skipped import Skipped, lacks_of, skipped, told
from orchestrator.core.state import NOTHING, Attempt, Seen, State
from orchestrator.edges.store import last_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.core.plan import Stage, Study
    from orchestrator.core.skipped import Lack
    from orchestrator.core.submission import Profile, Submission
    from orchestrator.core.trial import Trial
    from orchestrator.edges.store import RunFolder

STYLES = {
    State.DONE: "green",
    State.RUNNING: "cyan",
    State.FAILED: "bold red",
    State.SKIPPED: "magenta",
    State.BLOCKED: "red",
    State.CANCELLED: "magenta",
    State.PRUNED: "magenta",
    State.LOST: "yellow",
    State.INTERRUPTED: "yellow",
}


def point(trial: Trial) -> str:
    """Return a trial's axes as one text."""
    return " ".join(f"{axis}={value}" for axis, value in trial.axes.items()) or "-"


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
    for row in rows:
        numbers = [str(row[name]) for name in (*counts, "workers")]
        table.add_row(row["stage"], row["task"], *numbers, _shape(row["resources"]), f"{row['gpu_hours']:g}")
    table.add_section()
    sums = [str(totals[name]) for name in counts]
    table.add_row("all", "", *sums, "", "", f"{totals['gpu_hours']:g}", style="bold")
    if shared := sum(row["trials"] for row in rows) - totals["trials"]:
        table.caption = f"{shared} trials belong to several stages and count once below the line."
    return table


def _shape(shape: dict[str, Any]) -> str:
    gpus = f"{shape['gpus']} GPU, " if shape["gpus"] else ""
    memory = shape["memory"]
    size = f"{memory / 1024:g} GB" if memory >= 1024 else f"{memory} MB"
    return f"{gpus}{shape['cpus']} CPU, {size}, {format_duration(shape['time'])}"


def missing_note(lacks: Sequence[Lack]) -> list[str]:
    """Return what a reader of the plan should know of missing datasets and weights; nothing without them."""
    return [f"not found, needed before anything is trained:\n{told(lacks)}"] if lacks else []


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
        "trials": [
            {
                "id": trial.id,
                "stage": trial.stage,
                "params": trial.params,
                "seed": trial.seed,
                "state": str(seen.states[trial.id]),
                "attempts": len(seen.evidence.get(trial.id, NOTHING).attempts),
            }
            for trial in seen.plan.trials
        ],
    }


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
    for trial in {trial.id: trial for trial in seen.plan.trials}.values():
        if seen.states[trial.id] is State.RUNNING:
            attempt = runs.trial(trial).attempt(seen.evidence[trial.id].attempts[-1].number)
            last = last_line(attempt / "metrics.jsonl")
            numbers = " ".join(f"{name}={value:.4g}" for name, value in last.get("metrics", {}).items())
            step = f"step {last['step']}: {numbers}" if last else "nothing logged yet"
            lines.append(f"{trial.stage} {point(trial)}: {step}")
    return lines


def notes(submission: Submission, seen: Seen) -> list[str]:
    """Return what a reader of the status should know: failures, what is skipped, mixed code."""
    lines = []
    for trial in {trial.id: trial for trial in seen.plan.trials}.values():
        if seen.states[trial.id] is State.FAILED:
            lines.append(f"{trial.stage} {trial.id} ({point(trial)}): {_reason(seen, trial)}")
            lines.append(f"    next: python -m orchestrator why {trial.id[:8]}")
    lines += _skipped_lines(submission, seen)
    for stage in submission.study.stages:
        codes = {
            result.code
            for trial in seen.plan.of(stage.name)
            if (result := seen.evidence.get(trial.id, NOTHING).result) is not None
        }
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
        f"    once it is there: python -m orchestrator submit {submission.given}",
    ]


def _reason(seen: Seen, trial: Trial) -> str:
    attempts = seen.evidence[trial.id].attempts
    ended = attempts[-1].exit if attempts else None
    if ended is None:
        return "lost with its worker three times in a row, without progress"
    return f"{ended.failure.kind}: {ended.failure.message}" if ended.failure else ended.outcome


# --- why -----------------------------------------------------------------------------------------


def why(submission: Submission, seen: Seen, trial: Trial) -> list[str]:
    """Return the story of a trial: what it is, what happened, what it waits for, what to type next."""
    state, evidence = seen.states[trial.id], seen.evidence.get(trial.id, NOTHING)
    lines = [
        f"{trial.stage} {trial.id}: {state}",
        f"  {trial.task} version {trial.version}, {point(trial)}, seed {trial.seed}",
    ]
    lines += [f"  {_attempt_line(attempt)}" for attempt in evidence.attempts]
    by_id = {other.id: other for other in seen.plan.trials}
    for name, need in trial.needs.items():
        lines.append(
            f"  needs {name}: {by_id[need].stage} {need} ({point(by_id[need])}): {seen.states[need]}"
        )
    lacks = lacks_of([(text, root.stage) for root in _roots(trial, by_id, seen) for text in root.missing])
    lines += ["  missing:", *(f"  {line}" for line in told(lacks).splitlines())] if lacks else []
    last = evidence.attempts[-1] if evidence.attempts else None
    if state is State.FAILED and last and last.exit and last.exit.failure:
        lines += ["", *last.exit.failure.traceback.rstrip().splitlines()[-15:], ""]
        lines.append(f"{last.exit.failure.kind}: {advice(last.exit.failure.kind)}")
    return [*lines, f"next: {_next(submission, State.SKIPPED if lacks else state, trial)}"]


def _roots(trial: Trial, by_id: Mapping[str, Trial], seen: Seen) -> list[Trial]:
    """Return the skipped trials that keep a trial from being started, itself included."""
    if seen.states[trial.id] is State.SKIPPED:
        return [trial]
    if seen.states[trial.id] is not State.BLOCKED:
        return []
    needs = [by_id[need] for need in trial.needs.values()]
    return list({root.id: root for need in needs for root in _roots(need, by_id, seen)}.values())


def _attempt_line(attempt: Attempt) -> str:
    where = f"{attempt.claim.host} ({attempt.claim.job})" if attempt.claim else "somebody"
    if attempt.exit is None:
        return f"attempt {attempt.number} on {where}: " + (
            "at it" if attempt.alive else "lost with its worker"
        )
    reason = f", {attempt.exit.failure.message}" if attempt.exit.failure else ""
    took = format_duration(attempt.exit.seconds)
    return f"attempt {attempt.number} on {where}: {attempt.exit.outcome} after {took}{reason}"


def _next(submission: Submission, state: State, trial: Trial) -> str:
    command, name = "python -m orchestrator", submission.study.name
    return {
        State.DONE: f"{command} report {name}",
        State.RUNNING: f"{command} logs {trial.id[:8]} --follow",
        State.FAILED: f"{command} logs {trial.id[:8]}, then {command} retry {trial.id[:8]}",
        State.BLOCKED: f"{command} retry {name} once its need is mended",
        State.CANCELLED: f"{command} retry {name}",
        State.SKIPPED: f"put there what is missing, then {command} submit {submission.given} "
        "(with --skip-missing-data while other things are missing)",
    }.get(state, f"{command} advance {name}")
