"""What a drill says: one table of faults, what differs and why that usually is, the verdict, what to type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from orchestrator.drill.legs import ABRUPT, Origin
from orchestrator.evidence.evidence import TIMING
from orchestrator.evidence.state import State
from orchestrator.study.shape import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.drill.drill import Drilled
    from orchestrator.drill.rehearsed import Met, Rehearsed

_MOST_LINES = 4
"""Differences of one trial that are told in full."""
_RANDOM = (
    "usually random state (torch, numpy, random, a generator or a data loader's order) that is not in the "
    "checkpoint, or GPU kernels that are not deterministic"
)
_FILES = "usually a time, a path or the order of a set in the file: metrics and logged lines are equal"
_STEPS = (
    "its result is equal, but it logs other steps when it is stopped: a line that depends on the moment "
    f"should have names that begin with `{TIMING}`; a step too many or too few is a wrong count"
)
_TWICE = "it was trained twice: please report this as a fault of the orchestrator"
_OTHERS = "it was not trained because others failed: see those"
_TORN = "usually a checkpoint that was cut off in the middle: it must be written beside and renamed"
_DAMAGED = (
    "a checkpoint needs a digest by which damage is noticed, and the one before it has to be kept, "
    "to go on from there and say so"
)
_READ = "its log tells how:"
_UNSTEADY = (
    "two undisturbed copies differ as well: the task is not deterministic here, faults or not; seed "
    "everything from context.seed, and ask for deterministic kernels on a GPU"
)


def drill_table(drilled: Drilled) -> Table:
    """Return one row per fault."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("fault")
    for name in ("trials hit", "attempts", "from checkpoint", "from start", "lost work"):
        table.add_column(name, justify="right")
    table.add_column("equal to undisturbed")
    for one in drilled.rehearsed:
        table.add_row(one.fault, *_cells(one), _judgement(one))
    return table


def _cells(one: Rehearsed) -> list[str]:
    if not one.trials:
        return [""] * 5
    hit = sum(met.hit for met in one.trials)
    origins = one.origins
    started = origins[Origin.START] + origins[Origin.IGNORED]
    unknown = f" (+{origins[Origin.UNKNOWN]} unknown)" if origins[Origin.UNKNOWN] else ""
    return [
        f"{hit} of {len(one.trials)}",
        str(sum(met.attempts for met in one.trials)),
        f"{origins[Origin.CHECKPOINT]}{unknown}",
        str(started),
        f"{one.lost_seconds:.1f} s" if one.lost_seconds < 60 else format_duration(one.lost_seconds),
    ]


def _judgement(one: Rehearsed) -> str:
    if one.reason:
        return "not rehearsed here"
    if not one.equal:
        return "NO"
    return "yes" if one.done else "not rehearsed: no trial was hit"


def drill_lines(drilled: Drilled) -> Iterator[str]:
    """Yield what is wrong, what was not rehearsed, and notes."""
    for one in drilled.rehearsed:
        for met in one.trials:
            if not met.equal:
                yield from _trial_lines(drilled, one, met)
        yield from (f"{one.fault}: a trial more or less than undisturbed: {more}" for more in one.surplus)
        if one.left_behind:
            yield f"{one.fault}: still there long after the study was over: {', '.join(one.left_behind)}"
    for one in drilled.rehearsed:
        if one.reason:
            yield f"{one.fault} was not rehearsed here, because {one.reason}"
        yield from (f"{one.fault}: {note}" for note in one.notes)
    yield from _missed_lines(drilled)
    lost = max((one.lost_seconds for one in drilled.rehearsed), default=0.0)
    if lost:
        yield (
            f"lost work: at most {lost:.1f} s at a stretch had to be trained again, counted in logged lines; "
            "a task that saves more often loses less"
        )


def _trial_lines(drilled: Drilled, one: Rehearsed, met: Met) -> Iterator[str]:
    if met.differences and all(difference.inherited for difference in met.differences) and not met.wrong:
        yield f"{one.fault}: {met.stage} {met.point}: differs because a trial it needs does"
        return
    yield f"{one.fault}: {met.stage} {met.point} ({met.id[:8]}):"
    yield from (f"    {words}" for words in met.wrong)
    yield from (f"    {difference}" for difference in met.differences[:_MOST_LINES])
    if len(met.differences) > _MOST_LINES:
        yield f"    and {len(met.differences) - _MOST_LINES} more"
    yield from (f"    attempt {strike.attempt}: {strike.how}" for strike in met.strikes)
    if met.differences:
        yield f"    {_reason(met, unsteady=met.id in drilled.unsteady)}"
    yield f"    next: python -m orchestrator why {met.id[:8]} --runs {drilled.folder / one.fault}"


def _reason(met: Met, *, unsteady: bool) -> str:
    """Return what is usually the reason for such differences."""
    kinds = {difference.kind for difference in met.differences}
    damaged = any(strike.damaged for strike in met.strikes)
    if "state" in kinds:
        if not met.differences[0].found.startswith(State.FAILED):
            return _OTHERS
        if damaged:
            return _DAMAGED
        return _TORN if any(strike.how.startswith(ABRUPT) for strike in met.strikes) else _READ
    if unsteady:
        return _UNSTEADY
    if "ends" in kinds:
        return _TWICE
    if not kinds & {"metric", "logged"}:
        return _FILES
    if all(
        difference.kind == "logged" and difference.name.startswith("step ") for difference in met.differences
    ):
        return _STEPS
    return f"{_DAMAGED}; else {_RANDOM}" if damaged else _RANDOM


def _missed_lines(drilled: Drilled) -> Iterator[str]:
    """Yield which stages no trial of which was hit, once for all faults that missed the same."""
    missed: dict[tuple[str, ...], list[str]] = {}
    for one in drilled.rehearsed:
        hit = {met.stage for met in one.trials if met.hit or not met.equal}
        untouched = dict.fromkeys(met.stage for met in one.trials if met.stage not in hit)
        if untouched:
            missed.setdefault(tuple(untouched), []).append(one.fault)
    for stages, faults in missed.items():
        yield (
            f"{', '.join(faults)}: not rehearsed on {', '.join(stages)}, whose trials ended before the fault "
            "came; --set a larger number of steps or epochs there"
        )


def verdict(drilled: Drilled, submit: str) -> list[str]:
    """Return the verdict in words with the command that follows it."""
    done = [one.fault for one in drilled.rehearsed if one.done or not one.equal]
    not_done = [one.fault for one in drilled.rehearsed if one.fault not in done]
    if not drilled.equal:
        bad = [one.fault for one in drilled.rehearsed if not one.equal]
        return [
            f"NOT EQUAL: {', '.join(bad)} changed results or lost something",
            f"the copies stay in {drilled.folder}",
            "mend the task, and drill again before you commit time on a cluster",
        ]
    if not done:
        return [
            "NOTHING WAS REHEARSED: no trial was hit by any fault",
            "next: drill again with --set STAGE.PARAM=VALUE so that trials last a few seconds",
        ]
    rest = f"; not rehearsed: {', '.join(not_done)}" if not_done else ""
    every = f"every one of {len(drilled.trials)} trials came out bit for bit as undisturbed"
    return [f"EQUAL: after {', '.join(done)} {every}{rest}", f"next: {submit}"]


def drill_json(drilled: Drilled) -> dict[str, Any]:
    """Return everything for scripts."""
    return {
        "study": drilled.study,
        "equal": drilled.equal,
        "folder": str(drilled.folder),
        "not_deterministic": sorted(drilled.unsteady),
        "faults": [_fault_json(one) for one in drilled.rehearsed],
    }


def _fault_json(one: Rehearsed) -> dict[str, Any]:
    return {
        "fault": one.fault,
        "about": one.about,
        "rehearsed": one.done,
        "reason": one.reason,
        "equal": one.equal,
        "lost_seconds": round(one.lost_seconds, 3),
        "left_behind": list(one.left_behind),
        "surplus": list(map(str, one.surplus)),
        "notes": list(one.notes),
        "trials": [_met_json(met) for met in one.trials],
    }


def _met_json(met: Met) -> dict[str, Any]:
    return {
        "id": met.id,
        "stage": met.stage,
        "point": met.point,
        "hit": met.hit,
        "strikes": [strike.how for strike in met.strikes],
        "attempts": met.attempts,
        "went_on_from": list(map(str, met.origins)),
        "lost_seconds": round(met.lost_seconds, 3),
        "equal": met.equal,
        "differences": list(map(str, met.differences)),
        "wrong": list(met.wrong),
    }
