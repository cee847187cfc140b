"""What a plan consists of: rows for the terminal and for scripts, and its trials."""

from __future__ import annotations

from math import ceil
from textwrap import fill
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.durations import Durations
from orchestrator.evidence.skipped import Skipped, skipped
from orchestrator.evidence.state import Seen, State
from orchestrator.places.profile import Limits
from orchestrator.places.wall_limit import least_lead
from orchestrator.report.trial_forms import brief_text
from orchestrator.study.searches.tree import chosen_in
from orchestrator.verbs.shape_text import shape_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.evidence.durations import Usual
    from orchestrator.evidence.outlay import Outlay
    from orchestrator.evidence.skipped import Lack
    from orchestrator.places.profile import Profile
    from orchestrator.study.searches.search import Search
    from orchestrator.study.shape import Shape
    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial
    from orchestrator.verbs.told_hours import ToldHours

_COUNTS = ("trials", "undecided", "done", "pruned", "skipped", "to_do")
_COSTS = ("cpu_hours", "gpu_hours")
_SUMS = (*_COUNTS, *_COSTS)
_OVER = {State.DONE, State.PRUNED}
"""States of trials that nobody starts again by himself."""


def plan_rows(
    study: Study,
    seen: Seen,
    profile: Profile,
    limits: Limits | None = None,
    others: Mapping[str, Usual] | None = None,
) -> list[dict[str, Any]]:
    """Return one row per stage: what it consists of, what is left, and what that costs.

    `cpu_hours` and `gpu_hours` are what wall limits allow at most; under `expected` stands what finished
    trials of the stage, else of its task, let expect, None where there are none; `others` is what trials of
    other studies took that are like those of a stage. `limits` are those of the place, beyond which there
    are no workers.
    """
    held, durations = skipped(study, seen), Durations(seen, others)
    most = limits or Limits(workers=profile.max_workers)
    rows = []
    for stage in study.stages:
        row, ahead = _plan_row(stage, seen.plan.of(stage.name), seen, held)
        usual = durations.of(stage)
        expected = _expected(usual, ahead) if usual else None
        legs = _legs(usual.seconds, stage, profile) if usual else None
        workers = _workers(stage, row["to_do"], profile, most)
        rows.append({**row, "workers": workers, "expected": expected, "legs": legs, **_shape_of(stage)})
    return rows


def plan_totals(
    study: Study, seen: Seen, others: Mapping[str, Usual] | None = None, told: ToldHours | None = None
) -> dict[str, Any]:
    """Return the sums over all stages; a trial that several stages share counts once, in the first.

    Under `told` stands what tasks let expect where no finished trial does; None where one of them does not
    say it of hours that it costs.
    """
    held, counted, durations = skipped(study, seen), set[str](), Durations(seen, others)
    sums: dict[str, Any] = dict.fromkeys(_SUMS, 0)
    found = dict.fromkeys(_COSTS, 0.0)
    says: dict[str, float | None] = dict.fromkeys(_COSTS, 0.0)
    for stage in study.stages:
        new = [trial for trial in seen.plan.of(stage.name) if trial.id not in counted]
        counted.update(trial.id for trial in new)
        row, ahead = _plan_row(stage, new, seen, held)
        sums = {name: round(sums[name] + row[name], 2) for name in _SUMS}
        usual = durations.of(stage)
        likely = _expected(usual, ahead) if usual else row
        found = {name: found[name] + likely[name] for name in found}
        said = likely if usual or not row["to_do"] else told.once(stage.name) if told else None
        for name, before in says.items():
            more = said[name] if said else None if row[name] else 0.0
            says[name] = None if before is None or more is None else before + more
    return {**sums, "expected": found, "told": says}


def _plan_row(
    stage: Stage, trials: Sequence[Trial], seen: Seen, held: Skipped
) -> tuple[dict[str, Any], list[Shape]]:
    """Return what a stage consists of, and the shape of each trial to do."""
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
    shapes = stage.shapes or (stage.shape,)
    ahead += [max(shapes, key=_gpu_seconds)] * max(0, to_do - len(ahead))
    counts = (total, undecided, done, pruned, left_out, to_do)
    return {
        "stage": stage.name,
        "task": stage.task,
        **dict(zip(_COUNTS, counts, strict=True)),
        "cpu_hours": round(sum(map(_cpu_seconds, ahead)) / 3600, 2),
        "gpu_hours": round(sum(map(_gpu_seconds, ahead)) / 3600, 2),
    }, ahead


def _shape_of(stage: Stage) -> dict[str, Any]:
    return {
        "shape": stage.shape_name,
        "asks": shape_text(stage.shapes),
        "resources": stage.shape.model_dump(mode="json"),
        "shapes": [shape.model_dump(mode="json") for shape in stage.shapes],
    }


def _gpu_seconds(shape: Shape) -> float:
    return shape.all_gpus * shape.time / shape.at_once


def _cpu_seconds(shape: Shape) -> float:
    return shape.nodes * shape.cpus * shape.time / shape.at_once


def _expected(usual: Usual, ahead: Sequence[Shape]) -> dict[str, Any]:
    """Return what trials of these shapes will cost if each takes as long as those that are done."""

    def hours(seconds: Callable[[Shape], float]) -> float:
        return sum(seconds(shape) * usual.seconds / shape.time for shape in ahead) / 3600

    return {
        "seconds": round(usual.seconds, 3),
        "finished": len(usual.of),
        "same_stage": usual.same_stage,
        "same_study": usual.same_study,
        "cpu_hours": hours(_cpu_seconds),
        "gpu_hours": hours(_gpu_seconds),
    }


def _legs(seconds: float, stage: Stage, profile: Profile) -> int:
    """Return how many workers a trial of so many seconds takes at least, one after the other."""
    shapes = stage.shapes or (stage.shape,)
    return max(1, *(ceil(seconds / (shape.time - least_lead(profile, shape))) for shape in shapes))


def _workers(stage: Stage, to_do: int, profile: Profile, limits: Limits) -> int:
    """Return how many workers of a stage can be at work at once: its shapes and the place limit them."""
    shapes = stage.shapes or (stage.shape,)
    slots = min(shape.at_once for shape in shapes)
    most = max(min(_room(shape, limits), shape.workers or profile.max_workers) for shape in shapes)
    return min(-(-to_do // slots), most, profile.max_workers)


def _room(shape: Shape, limits: Limits) -> int:
    """Return how many workers of a shape a place has room for; one that has too few cores takes one."""
    rooms = [limits.workers]
    if limits.cpus is not None:
        rooms.append(max(1, limits.cpus // shape.cpus))
    if limits.gpus is not None and shape.gpus:
        rooms.append(limits.gpus // shape.gpus)
    return min(rooms)


def with_told(rows: list[dict[str, Any]], told: ToldHours) -> list[dict[str, Any]]:
    """Return the rows of a plan with what tasks let expect; None where a task does not say."""
    return [{**row, "told": told.of(row["stage"])} for row in rows]


def with_disk(
    rows: list[dict[str, Any]], totals: dict[str, Any], taken: Outlay
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return a plan with the bytes that the trials to do leave behind; None where a task does not say."""
    rows = [{**row, "disk": taken.stages[row["stage"]]} for row in rows]
    silent = [row["stage"] for row in rows if row["disk"] is None and row["to_do"]]
    return rows, {**totals, "disk": taken.total, "disk_unknown": silent}


def plan_json(
    study: Study,
    seen: Seen,
    rows: list[dict[str, Any]],
    totals: dict[str, Any],
    lacks: Sequence[Lack] = (),
) -> dict[str, Any]:
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
    missing = [{"message": one.message, "hint": one.hint, "stages": one.stages} for one in lacks]
    return {"study": study.name, **counts, "missing": missing, "stages": rows, "trials": trials}


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
