"""The story of a trial: what it is, what happened, what it waits for, what to type next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.gpu_use import gpu_use
from orchestrator.evidence.skipped import lacks_of, told
from orchestrator.evidence.state import Seen, State
from orchestrator.messages.problems import shortened
from orchestrator.report.trial_forms import brief_text
from orchestrator.study.shape import format_duration
from orchestrator.study.trial import axes_text
from orchestrator.verbs.packing_lines import gpu_line
from orchestrator.verbs.search_lines import counts_as_failed
from orchestrator.verbs.waiting_line import waiting_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.decision import Decision
    from orchestrator.evidence.evidence import Attempt, Evidence, Result
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.trial import Gathered, Trial

_LONGEST_MESSAGE, _LONGEST_TRACEBACK = 600, 3000
"""Characters that are shown."""
_MOST_SHOWN = 5
"""Gathered trials that are named one by one."""


def why(submission: Submission, seen: Seen, trial: Trial, *, pruned: Decision | None = None) -> list[str]:
    """Return the story of a trial: what it is, what happened, what it waits for, what to type next.

    `pruned` is the decision by which it was ended early.
    """
    state, evidence = seen.states[trial.id], seen.evidence[trial.id]
    lines = [
        f"{trial.stage} {trial.id}: {state}",
        f"  {trial.task} version {trial.version}, {trial.axes_text}, seed {trial.seed}",
        *([f"  trained again as of code {trial.fresh}"] if trial.fresh else []),
    ]
    lines += [f"  {_attempt_line(attempt, trial)}" for attempt in evidence.attempts]
    if evidence.result is not None:
        count = len(evidence.attempts)
        lines.append(f"  took {format_duration(evidence.seconds)} in {count} attempt{'s' * (count != 1)}")
        lines.append(f"  metrics: {metrics_text(evidence.result.metrics)}")
        lines += _gpu_lines(submission, trial, evidence.result)
        lines += [f"  {failed}"] if (failed := counts_as_failed(trial, seen)) else []
    lines += [f"  {_pruned_line(pruned, evidence)}"] if pruned else []
    for name, need in trial.needs.items():
        needed = seen.plan.by_id[need]
        lines.append(f"  needs {name}: {needed.stage} {need} ({needed.axes_text}): {seen.states[need]}")
    for name, gathered in trial.gathered.items():
        lines += [f"  {line}" for line in _gathered_lines(name, gathered, seen)]
    lacks = lacks_of([(text, root.stage) for root in _roots(trial, seen) for text in root.missing])
    lines += ["  missing:", *(f"  {line}" for line in told(lacks).splitlines())] if lacks else []
    if state is State.FAILED:
        found = diagnose(evidence)
        end = "\n".join(found.traceback.rstrip().splitlines()[-15:])
        lines += ["", *brief_failure(end, trial, _LONGEST_TRACEBACK).splitlines(), ""] if end else []
        lines += [f"{found.kind}: {brief_failure(found.message, trial)}", f"    {found.advice}"]
    return [*lines, f"next: {_next(submission, State.SKIPPED if lacks else state, trial)}"]


def metrics_text(metrics: Mapping[str, float]) -> str:
    """Return what a trial gave in one line, as `loss=0.2621 first=0`."""
    return " ".join(f"{name}={brief_text(value)}" for name, value in metrics.items()) or "none"


def _gpu_lines(submission: Submission, trial: Trial, result: Result) -> list[str]:
    """Return how the trial used its GPUs; nothing where that was not measured."""
    if gpu_use(result.provenance) is None:
        return []
    stage = submission.study.stage(trial.stage)
    shape, name = stage.shape_of(trial), stage.shape_name
    lines = [
        gpu_line(result.provenance, shape, name),
        waiting_line(result.metrics, result.provenance, shape, name),
    ]
    return [f"  {line}" for line in lines if line]


def _pruned_line(decision: Decision, evidence: Evidence) -> str:
    """Return by what a trial was ended early, or should have been."""
    ended = any(
        attempt.exit is not None and attempt.exit.outcome == "pruned" for attempt in evidence.attempts
    )
    count = len(decision.against)
    return (
        f"{'ended' if ended else 'to be ended'} early by the pruner `{decision.pruner}` "
        f"at step {decision.step}: {metrics_text({decision.metric: decision.value})}, "
        f"against {count} other trial{'s' * (count != 1)}"
        f"{'' if ended else '; it has not asked `context.should_stop()` since'}"
    )


def _gathered_lines(name: str, gathered: Gathered, seen: Seen) -> list[str]:
    """Return what a need with `all` leads to: how many are how far, which have failed or are left out."""
    states = {member.id: seen.states[member.id] for member in gathered.members}
    counts = ", ".join(f"{count} {state}" for state, count in sorted(Counter(states.values()).items()))
    lines = [f"needs {name}: {len(states)} trials of {_stage(gathered, seen)}: {counts}"]
    bad = [member for member in gathered.members if states[member.id].ended]
    bad = [member for member in bad if states[member.id] is not State.DONE]
    lines += [f"    {one.id} ({axes_text(one.axes)}): {states[one.id]}" for one in bad[:_MOST_SHOWN]]
    if bad and (rest := len(states) - len(bad)):
        lines.append(f"    `require: {rest}` in the study file would do without these")
    without = [f"    without {axes_text(axes)}: it has no result" for axes in gathered.without[:_MOST_SHOWN]]
    more = len(bad[_MOST_SHOWN:]) + len(gathered.without[_MOST_SHOWN:])
    return [*lines, *without, *([f"    and {more} more"] if more else [])]


def _stage(gathered: Gathered, seen: Seen) -> str:
    return seen.plan.by_id[gathered.members[0].id].stage


def _roots(trial: Trial, seen: Seen) -> list[Trial]:
    """Return the skipped trials that keep a trial from being started, itself included."""
    if seen.states[trial.id] is State.SKIPPED:
        return [trial]
    if seen.states[trial.id] is not State.BLOCKED:
        return []
    needs = [seen.plan.by_id[need] for need in trial.needed_ids]
    return list({root.id: root for need in needs for root in _roots(need, seen)}.values())


def brief_failure(text: str, trial: Trial, most: int = _LONGEST_MESSAGE) -> str:
    """Return what a failure says as people read it: of megabytes head and tail, and what shows the rest."""
    return shortened(text, most, f"`python -m orchestrator logs {trial.id[:8]}`")


def _attempt_line(attempt: Attempt, trial: Trial) -> str:
    where = f"{attempt.claim.host} ({attempt.claim.job})" if attempt.claim else "somebody"
    reached = "" if attempt.saved is None else f", saved up to step {attempt.saved}"
    leader = attempt.claim.leader if attempt.claim else None
    beside = f", in lockstep with {leader.trial[:8]}" if leader else ""
    return f"attempt {attempt.number} on {where}{beside}: {_end(attempt, trial)}{reached}"


def _end(attempt: Attempt, trial: Trial) -> str:
    if attempt.exit is None:
        if attempt.alive:
            return "at it"
        if attempt.loss is None:
            return "lost with its worker"
        return f"lost: {attempt.loss.state} {attempt.loss.node}".rstrip()
    reason = f", {brief_failure(attempt.exit.failure.message, trial)}" if attempt.exit.failure else ""
    if attempt.exit.outcome == "interrupted" and attempt.stop:
        killed = ", killed: it did not end within its grace" if attempt.exit.killed else ""
        reason = f" ({attempt.stop.cause}{killed})"
    return f"{attempt.exit.outcome} after {format_duration(attempt.exit.seconds)}{reason}"


def _next(submission: Submission, state: State, trial: Trial) -> str:
    command, name = "python -m orchestrator", submission.study.name
    return {
        State.DONE: f"{command} report {name}",
        State.RUNNING: f"{command} logs {trial.id[:8]} --follow",
        State.FAILED: f"{command} logs {trial.id[:8]}, then {command} retry {trial.id[:8]}",
        State.BLOCKED: f"{command} retry {name} once its need is mended",
        State.CANCELLED: f"{command} retry {name}",
        State.PRUNED: f"{command} retry {trial.id[:8]} trains it to its end; its search goes on without it",
        State.PAUSED: f"mend what makes the trials of `{trial.stage}` fail, then {command} retry {name}",
        State.SKIPPED: f"put there what is missing, then {submission.again} "
        "(with --skip-missing-data while other things are missing)",
    }.get(state, f"{command} advance {name}")
