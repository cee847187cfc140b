"""The lines of a study that goes on: a pure function of how far it is, of the clock and of the room.

What is finished is one line; what is being trained stays in sight however many stages there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from orchestrator.evidence.state import State
from orchestrator.messages.terminal import plain
from orchestrator.verbs.cut import cut_all
from orchestrator.verbs.progress import lasting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.durations import Spent
    from orchestrator.evidence.time_left import TimeLeft
    from orchestrator.verbs.headway import FailedTrials, Headway, RunningTrial, StageHeadway

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
_BAR, _LEAST_BAR = 30, 8
"""Letters of a bar, at most and at least."""
_MOST_FAILED = 3
_LEAST_STAGES = 6
"""Lines that stages keep where many trials are being trained."""
_WIDEST = 110
"""Letters of a line with columns: the eye has to find its way back."""
_ROOMY = 20
"""Rows of a terminal from which on there are empty lines between what belongs together."""
_DISTANT = 2
"""Between two columns."""


def live_lines(headway: Headway, now: float, width: int, height: int) -> list[Text]:
    """Return what a terminal of so many columns and rows shows of a study at a moment (Unix time)."""
    head = [_bar_line(headway, now, width), *_basis_lines(headway, now, width)]
    failed = [_failed_line(one) for one in headway.failed]
    failed = failed if len(failed) <= _MOST_FAILED else [*failed[: _MOST_FAILED - 1], _more_failed(headway)]
    gaps = (2 + bool(failed)) if height >= _ROOMY else 0
    room = height - 1 - len(head) - len(failed) - gaps
    finished = [stage for stage in headway.stages if _is_finished(stage)]
    others = [stage for stage in headway.stages if not _is_finished(stage)]
    wanted = bool(finished) + len(others)
    for_running = max(min(len(headway.running), room - min(wanted, _LEAST_STAGES)), 1)
    running = _running_lines(headway, now, min(width, _WIDEST), for_running)
    stages = _stage_lines(finished, others, room - len(running), width)
    blocks = [block for block in (head, stages, running, failed) if block]
    lines = [line for block in blocks for line in (*([Text()] if gaps and block is not head else []), *block)]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return lines[: height - 1]


def summary(headway: Headway, now: float) -> str:
    """Return how far a study is, as `87/118 · 12 min · about 9 min left`."""
    parts = [f"{headway.done}/{headway.trials}"]
    if headway.since is not None:
        parts.append(lasting(max(0.0, now - headway.since)))
    if text := left_text(headway.left, now - headway.looked):
        parts.append(text)
    return " · ".join(parts)


def left_text(left: TimeLeft | None, since: float) -> str:
    """Return how long something still takes, so many seconds after that was found out; empty for unknown."""
    seconds = left.seconds - since if left else 0
    if left is None or seconds < 1:
        return ""
    return f"{'at least' if left.unknown else 'about'} {lasting(seconds)} left"


def basis_text(left: TimeLeft) -> str:
    """Return what a time left rests on."""
    without = f", {_counted(left.unknown, 'trial')} unknown" if left.unknown else ""
    return f"from {_counted(left.trials, 'finished trial')}, {_counted(left.workers, 'worker')}{without}"


def spent_text(spent: Spent) -> str:
    """Return what a study has cost so far."""
    gpus = f", {hours_text(spent.gpu_hours)} GPU-hours" if spent.gpu_hours else ""
    return f"{hours_text(spent.cpu_hours)} CPU-hours{gpus} so far"


def hours_text(hours: float) -> str:
    """Return hours with few digits: `0.034`, `2.6`, `1,240`."""
    if hours < 0.9995:
        return f"{hours:.2g}" if hours >= 0.001 or not hours else "<0.001"
    return f"{hours:,.1f}".removesuffix(".0") if hours < 99.95 else f"{hours:,.0f}"


def _one_line(text: str) -> str:
    return plain(" ".join(text.split()))


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" + "s" * (count != 1)


def _bar_line(headway: Headway, now: float, width: int) -> Text:
    told = summary(headway, now)
    name = plain(headway.study)
    room = min(_BAR, width - len(name) - len(told) - 2 * _DISTANT)
    line = Text(name, style="bold")
    if room >= _LEAST_BAR:
        full = headway.done * room // headway.trials if headway.trials else 0
        line.append("  ").append("█" * full, "green").append("░" * (room - full), "dim")
    return line.append("  ").append(told)


def _basis_lines(headway: Headway, now: float, width: int) -> list[Text]:
    """Return what the time left rests on, and what the study has cost: one line where both fit."""
    known = headway.left if left_text(headway.left, now - headway.looked) else None
    basis = basis_text(known) if known else _counted(headway.workers, "worker")
    parts = [basis, spent_text(headway.spent)]
    together = " · ".join(parts)
    return [Text(text, style="dim") for text in ([together] if len(together) <= width else parts)]


def _is_finished(stage: StageHeadway) -> bool:
    return stage.ended and stage.done == stage.trials


def _stage_lines(
    finished: Sequence[StageHeadway], others: Sequence[StageHeadway], room: int, width: int
) -> list[Text]:
    """Return the stages in so many lines; those that wait, or have ended, give way to the others."""
    if room < 1:
        return []
    fold = [Text(f"{_counted(len(finished), 'stage')} done", style="green")] if finished else []
    room -= len(fold)
    shown = list(others)
    if len(others) > room:
        ranked = sorted(others, key=lambda stage: (stage.waits or stage.ended, stage.waits))
        kept = {stage.name for stage in ranked[: max(0, room - 1)]}
        shown = [stage for stage in others if stage.name in kept]
    hidden = [stage for stage in others if stage not in shown]
    names = cut_all([plain(stage.name) for stage in shown], max(8, width // 2 - 4))
    wide = max(map(len, names), default=0)
    digits = max((len(f"{one.done}/{one.trials}") for one in shown), default=0)
    lines = [_stage_line(one, name, wide, digits) for one, name in zip(shown, names, strict=True)]
    more = [_more_stages(hidden)] if hidden and room > 0 else []
    return [*fold, *lines, *more]


def _stage_line(stage: StageHeadway, name: str, wide: int, digits: int) -> Text:
    line = Text(f"{name:{wide}}  ")
    line.append(f"{stage.done}/{stage.trials}".rjust(digits))
    for state in State:
        if (count := stage.states.get(state, 0)) and state not in {State.DONE, State.PRUNED}:
            line.append("  ").append(f"{count} {state.lower()}", STYLES.get(state, "dim"))
    if stage.undecided:
        line.append("  ").append(f"{stage.undecided} undecided", "dim")
    if stage.best:
        line.append(f"  best {_one_line(stage.best[0])}={stage.best[1]:.4g}")
    return line


def _more_stages(stages: Sequence[StageHeadway]) -> Text:
    trials = sum(stage.trials - stage.done for stage in stages)
    what = "wait" if all(stage.waits for stage in stages) else "have trials to do or failed"
    more = f"{_counted(len(stages), 'more stage')} {what} ({_counted(trials, 'trial')})"
    return Text(more.replace("1 more stage wait", "1 more stage waits"), style="dim")


def _running_lines(headway: Headway, now: float, width: int, room: int) -> list[Text]:
    """Return a line for each trial that is being trained, as far as there is room."""
    shown = headway.running if len(headway.running) <= room else headway.running[: max(0, room - 1)]
    names = cut_all([_one_line(one.name) for one in shown], max(10, width * 9 // 20))
    wide = max(map(len, names), default=0)
    times = [_times(one, now - headway.looked) for one in shown]
    longest = max(map(len, times), default=0)
    lines = []
    for one, name, took in zip(shown, names, times, strict=True):
        room_left = width - wide - longest - 3 * _DISTANT
        line = Text(f"▸ {name:{wide}}", style=STYLES[State.RUNNING])
        line.append("  " + f"{_logged(one, room_left):{max(0, room_left)}}"[: max(0, room_left)], "default")
        lines.append(line.append(took.rjust(longest + _DISTANT), "dim"))
    hidden = len(headway.running) - len(shown)
    return [*lines, *([Text(f"▸ and {hidden} more at work", STYLES[State.RUNNING])] if hidden else [])]


def _times(one: RunningTrial, since: float) -> str:
    """Return how long a trial has been trained, and how long it will still take where anybody knows."""
    took = one.seconds + since
    left = (one.left or 0) - since
    return lasting(took) + (f", ~{lasting(left)} left" if left >= 1 else "")


def _logged(one: RunningTrial, room: int) -> str:
    """Return the last step, and as many metrics as there is room for."""
    if one.step is None:
        return "nothing logged yet" if room >= 18 else ""
    named = "epoch" in one.metrics
    text = f"epoch {one.metrics['epoch']:g}" if named else f"step {one.step}"
    for name, value in one.metrics.items():
        part = f" {_one_line(name)}={value:.3g}"
        if (named and name == "epoch") or len(text) + len(part) > room:
            continue
        text += part
    return text


def _failed_line(one: FailedTrials) -> Text:
    more = f" and {one.count - 1} more" if one.count > 1 else ""
    line = Text(f"✗ {one.stage} {one.trial[:8]}{more}: {one.kind}: ", style=STYLES[State.FAILED])
    return line.append(_one_line(one.message), "default")


def _more_failed(headway: Headway) -> Text:
    rest = len(headway.failed) - _MOST_FAILED + 1
    return Text(f"✗ and {rest} more ways in which trials failed", STYLES[State.FAILED])


def changes(before: Headway | None, after: Headway) -> list[str]:
    """Return what happened between two looks, as lines: stages that have ended, and first failures."""
    if before is None:
        return []
    earlier = {stage.name: stage for stage in before.stages}
    known = {(one.stage, one.kind) for one in before.failed}
    lines = [
        f"{one.stage} {one.trial[:8]} failed: {one.kind}"
        for one in after.failed
        if (one.stage, one.kind) not in known
    ]
    lines += [
        f"{stage.name} {_end_text(stage)}"
        for stage in after.stages
        if stage.ended and stage.trials and not (stage.name in earlier and earlier[stage.name].ended)
    ]
    return lines


def _end_text(stage: StageHeadway) -> str:
    if _is_finished(stage):
        return f"is done: {_counted(stage.trials, 'trial')}"
    counts = ", ".join(f"{stage.states[state]} {state.lower()}" for state in State if stage.states.get(state))
    return f"has ended: {counts}"


def minute_line(headway: Headway, now: float) -> str:
    """Return what is said once a minute where no terminal is."""
    known = headway.left if left_text(headway.left, now - headway.looked) else None
    basis = f" ({basis_text(known)})" if known else ""
    return f"{summary(headway, now)}{basis} · {len(headway.running)} running · {spent_text(headway.spent)}"
