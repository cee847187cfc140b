"""Failure classes: from what is left of an attempt to a diagnosis, a policy and the next thing to do.

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

from orchestrator.evidence.evidence import INTERRUPTED, LOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure
    from orchestrator.places.job_log import GpuFailure

MOST_IN_VAIN = 3
MOST_TROUBLED = 5
"""So many attempts in a row may meet a file system that fails, though each gets on."""
FIRST_PAUSE_S = 30.0
"""After the first of them; each time twice as long."""
FILE_SYSTEM = "file_system"
OUT_OF_MEMORY = "host_out_of_memory"
GPU_FAILURE = "gpu_failure"
NODE_FAILURE = "node_failure"
KILLED = "killed"
NO_PROGRESS = "no_progress"
DAMAGED = "damaged_file"
MOST_AVOIDED = 2
"""So many nodes at most are avoided because they failed: others must be left to go on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A kind of failure with the words that give it away."""

    kind: str
    signs: tuple[str, ...] = ()
    advice: str
    repeated: bool = False
    """Whether another attempt follows by itself while the trial gets on."""


CLASSES = (
    Class(
        kind="cuda_out_of_memory",
        signs=("CUDA out of memory", "torch.OutOfMemoryError", "CUDNN_STATUS_ALLOC_FAILED"),
        advice="the GPU's memory is too small for these parameters; lower batch_size, then `retry`",
    ),
    Class(
        kind=GPU_FAILURE,
        signs=(  # with `Error` where torch warns in the same words that there is no GPU
            "Error: Found no NVIDIA driver",
            "Error: No CUDA GPUs are available",
            "Error: No HIP GPUs are available",
            "Error: CUDA driver initialization failed",
            "Error: The NVIDIA driver on your system is too old",
            "Error: Torch not compiled with CUDA enabled",
            "libcuda.so.1: cannot open shared object file",
            "CUDA error: no CUDA-capable device is detected",
            "CUDA error: no kernel image is available for execution on the device",
            "CUDA error: CUDA-capable device(s) is/are busy or unavailable",
            "CUDA error: all CUDA-capable devices are busy or unavailable",
            "CUDA error: CUDA driver version is insufficient",
            "CUDA error: system has unsupported display driver / cuda driver combination",
            "CUDA error: system not yet initialized",
            "CUDA error: uncorrectable ECC error encountered",
            "CUDA error: uncorrectable NVLink error",
            "CUDA error: hardware stack error",
            "HIP error: no ROCm-capable device is detected",
            "GPU is lost",
            "has fallen off the bus",
        ),
        advice="the GPU, its driver or a torch that does not fit them is at fault: mend it or ask the site, "
        "or set `check_gpus: false` in the profile where GPUs are not of CUDA",
        repeated=True,
    ),
    Class(
        kind="disk_full",
        signs=("No space left on device", "Disk quota exceeded"),
        advice="free space (or quota) where the run folder lies, then `retry`",
    ),
    Class(
        kind=FILE_SYSTEM,
        signs=(
            "Stale file handle",
            "Input/output error",
            "Remote I/O error",
            "Transport endpoint is not connected",
            "Cannot send after transport endpoint shutdown",
            "[Errno 110] Connection timed out: '",  # only a file's has a name behind it, no socket's has
        ),
        advice="the file system that it names failed again and again; ask the site, then `retry`",
        repeated=True,
    ),
    Class(
        kind="bus_error",
        signs=("killed by signal 7", "Bus error"),
        advice="a file that was mapped into memory has no room: free the disk of the run folder, or /dev/shm "
        "where data is loaded by several programs, then `retry`",
    ),
    Class(
        kind="import_error",
        signs=("ModuleNotFoundError", "ImportError"),
        advice="the worker's Python lacks a package; install it there, then `retry`",
    ),
    Class(
        kind="parameter_error",
        signs=("ValidationError", "ParameterError"),
        advice="the parameters do not fit the task; correct the study file and `submit` again",
    ),
    Class(
        kind="data_error",
        signs=("DatasetError", "FileNotFoundError", "UnidentifiedImageError"),
        advice="a file is missing or cannot be read; mend it, then `retry`",
    ),
    Class(
        kind="nan_loss",
        signs=("NaN loss", "loss is nan", "loss is NaN", "FloatingPointError"),
        advice="training diverged; lower the learning rate and `submit` again",
    ),
    Class(
        kind=OUT_OF_MEMORY,
        signs=("MemoryError", "oom_kill", "Out Of Memory", "out-of-memory killer"),
        advice="out of the machine's memory; raise the shape's `memory` (a profile with `max_memory` does so "
        "once by itself), then `retry`",
    ),
    Class(
        kind=KILLED,
        signs=("killed by signal 9",),
        advice="somebody killed it again and again; ask who, then `retry`",
        repeated=True,
    ),
    Class(kind=NODE_FAILURE, advice="nodes failed under it; ask the site, then `retry`", repeated=True),
    Class(
        kind="timeout",
        advice="its job reached the wall limit before the trial had saved anything: let the task save "
        "sooner, or raise `signal_lead` in the profile, then `retry`",
        repeated=True,
    ),
    Class(
        kind="preempted",
        advice="it was preempted before it had saved anything: let the task save sooner, then `retry`",
        repeated=True,
    ),
    Class(
        kind=LOST,
        advice="its workers vanished; read their logs in the study's `jobs` folder, then `retry`",
        repeated=True,
    ),
    Class(
        kind=INTERRUPTED,
        advice="it was stopped before it had got any further; raise `time` of its shape, or let the task "
        "save sooner, then `retry`",
        repeated=True,
    ),
)

_ASK_FOR_ONE = (
    "the task wants a GPU, but its shape asks for none (or `--cpu` was given): give it `gpus: 1`, "
    "or let the task use the CPU where `torch.cuda.is_available()` says no, then `submit` again and `retry`"
)
UNKNOWN = Class(kind="unknown", advice="read `logs`, mend the cause, then `retry`")
_BY_KIND = {known.kind: known for known in CLASSES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Why a trial has failed, in short, and what to do."""

    kind: str
    message: str
    advice: str
    traceback: str = ""


def classify(text: str) -> Class:
    """Return the failure class that a traceback or the tail of a log gives away."""
    return next((known for known in CLASSES if any(sign in text for sign in known.signs)), UNKNOWN)


def may_go_on(evidence: Evidence) -> bool:
    """Say whether another attempt follows the last one, which has ended without a result, by itself."""
    last = evidence.recent[-1]
    if _asked_for_no_gpu(last):
        return False
    if last.kind == OUT_OF_MEMORY:
        once = sum(attempt.kind == OUT_OF_MEMORY for attempt in evidence.recent) == 1
        return once and memory_needed(evidence) is not None
    troubled = len(list(takewhile(lambda attempt: attempt.kind == FILE_SYSTEM, reversed(evidence.recent))))
    known = _BY_KIND.get(last.kind, UNKNOWN)
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
    known = _BY_KIND.get(last.kind, UNKNOWN)
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


def advice_for(kind: str) -> str:
    """Return what to do about a failure class."""
    return _BY_KIND.get(kind, UNKNOWN).advice


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
    return attempt.stop is not None and attempt.stop.cause in {"user", "cancelled"}


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
