"""What follows a failure: from what is left of attempts to a diagnosis, and whether there is another one.

An attempt that was interrupted, lost or killed is followed by another one for as long as trials get on;
`MOST_IN_VAIN` attempts in a row that saved no later step than those before end that. One that ran out of the
host's memory is repeated once, with more, where the cluster has more. One that met a file system that fails
is repeated after a pause, up to `MOST_TROUBLED` times in a row. One whose GPU failed is repeated elsewhere.
Everything else needs a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import INTERRUPTED
from orchestrator.evidence.failure_class import (
    FILE_SYSTEM,
    GPU_FAILURE,
    NODE_FAILURE,
    OUT_OF_MEMORY,
    class_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure
    from orchestrator.places.job_log import GpuFailure

MOST_IN_VAIN = 3
MOST_TROUBLED = 5
"""So many attempts in a row may meet a file system that fails, though each gets on."""
FIRST_PAUSE_S = 30.0
"""After the first of them; each time twice as long."""
NO_PROGRESS = "no_progress"
DAMAGED = "damaged_file"
MOST_AVOIDED = 2
"""So many nodes at most are avoided because they failed: others must be left to go on with."""


_ASK_FOR_ONE = (
    "the task wants a GPU, but its shape asks for none (or `--cpu` was given): give it `gpus: 1`, "
    "or let the task use the CPU where `torch.cuda.is_available()` says no, then `submit` again and `retry`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Why a trial has failed, in short, and what to do."""

    kind: str
    message: str
    advice: str
    traceback: str = ""


def may_go_on(evidence: Evidence) -> bool:
    """Say whether another attempt follows the last one, which has ended without a result, by itself."""
    last = evidence.recent[-1]
    if _asked_for_no_gpu(last):
        return False
    if last.kind == OUT_OF_MEMORY:
        once = sum(attempt.kind == OUT_OF_MEMORY for attempt in evidence.recent) == 1
        return once and memory_needed(evidence) is not None
    troubled = len(list(takewhile(lambda attempt: attempt.kind == FILE_SYSTEM, reversed(evidence.recent))))
    known = class_of(last.kind)
    return known.repeated and troubled < MOST_TROUBLED and not _in_vain(evidence)


def pause_left(ends: Iterable[Exit | None], now: float) -> float:
    """Return the seconds for which a file system is left alone that failed under the last attempts.

    `ends` are the ends of those, the latest first; `now` is a Unix time. Clocks may differ.
    """
    times: list[float] = []
    for end in ends:
        if end is None or end.failure is None or end.failure.kind != FILE_SYSTEM:
            break
        times.append(end.time)
    pause = FIRST_PAUSE_S * 2.0 ** (len(times) - 1)
    return min(pause, max(0.0, times[0] + pause - now)) if times else 0.0


def memory_needed(evidence: Evidence) -> int | None:
    """Return the megabytes to go on with after a lack of memory; None where the shape's are enough."""
    more = [
        attempt.claim.more_memory
        for attempt in evidence.recent
        if attempt.kind == OUT_OF_MEMORY and attempt.claim and attempt.claim.more_memory
    ]
    return max(more, default=None)


def diagnose(evidence: Evidence) -> Diagnosis:
    """Return why a trial of this evidence has failed."""
    if evidence.damage:
        advice_ = "put back a good copy of that file, or move it away: then it counts as never written"
        return Diagnosis(kind=DAMAGED, message=evidence.damage, advice=advice_)
    last = evidence.recent[-1]
    known = class_of(last.kind)
    failure = last.exit.failure if last.exit else None
    message = failure.message if failure else _lost_message(last)
    if _asked_for_no_gpu(last):
        return Diagnosis(kind=last.kind, message=message, advice=_ASK_FOR_ONE)
    if last.kind == FILE_SYSTEM and not _in_vain(evidence):
        message = f"{MOST_TROUBLED} attempts in a row; the last: {message}"
    elif known.repeated:
        message = f"{MOST_IN_VAIN} attempts in a row got no further; the last: {message}"
        return Diagnosis(kind=NO_PROGRESS, message=message, advice=known.advice)
    traceback = failure.traceback if failure else ""
    return Diagnosis(kind=last.kind, message=message, advice=known.advice, traceback=traceback)


def _asked_for_no_gpu(attempt: Attempt) -> bool:
    """Say whether a task wanted a GPU of a worker that had asked for none: no other node will do better."""
    return attempt.kind == GPU_FAILURE and attempt.claim is not None and not attempt.claim.gpus


def _lost_message(attempt: Attempt) -> str:
    if attempt.kind == INTERRUPTED:
        return "stopped" + (f" ({attempt.stop.cause})" if attempt.stop else "")
    if attempt.loss:
        where = f" on {attempt.loss.node}" if attempt.loss.node else ""
        return f"the scheduler says of its job: {attempt.loss.state}{where}"
    return "lost with its worker"


def _in_vain(evidence: Evidence) -> bool:
    """Say whether the last attempts got no further; those a person stopped prove nothing."""
    attempts = [each for each in evidence.recent if not _by_hand(each)]
    got_on = progressed(attempts)
    return len(got_on) >= MOST_IN_VAIN and not any(got_on[-MOST_IN_VAIN:])


def _by_hand(attempt: Attempt) -> bool:
    return attempt.stop is not None and attempt.stop.cause in {"user", "cancelled", "lockstep"}


def progressed(attempts: Sequence[Attempt]) -> list[bool]:
    """Return whether each attempt saved a later step than all before it; or logged, where none ever saved."""
    saving = any(attempt.saved is not None for attempt in attempts)
    furthest, result = -1, []
    for attempt in attempts:
        step = attempt.saved if saving else attempt.logged
        result.append(step is not None and step > furthest)
        furthest = max(furthest, -1 if step is None else step)
    return result


def fingerprint(failure: Failure) -> str:
    """Return what two failures of the same cause share: the error and where it was raised, not its values."""
    places = re.findall(r'File "([^"]*)", line (\d+), in (\S+)', failure.traceback)
    if not places:
        return f"{failure.kind} {re.sub('[0-9]+', '#', failure.message)}"
    file, line, function = places[-1]
    return f"{failure.kind} {failure.message.partition(':')[0]} {file.rpartition('/')[2]}:{line} {function}"


def failed_nodes(
    evidence: Iterable[Evidence], since: float, gpu_failures: Iterable[GpuFailure] = ()
) -> tuple[str, ...]:
    """Return the nodes that failed lately, or whose GPUs did, the latest first; `since` is a Unix time."""
    attempts = [attempt for found in evidence for attempt in found.attempts]
    failed = [
        (one.loss.time, one.loss.node) for one in attempts if one.loss and one.loss.kind == NODE_FAILURE
    ]
    failed += [
        (one.exit.time, one.claim.node)
        for one in attempts
        if one.exit and one.claim and one.kind == GPU_FAILURE and one.claim.gpus
    ]
    failed += [(one.time, one.node) for one in gpu_failures]
    late = sorted((one for one in failed if one[1] and one[0] >= since), key=lambda one: -one[0])
    return tuple(dict.fromkeys(node for _, node in late))[:MOST_AVOIDED]
