"""Failure classes: the words that give them away, whether they are repeated, and the next thing to do."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.evidence.evidence import INTERRUPTED, LOST

FILE_SYSTEM = "file_system"
OUT_OF_MEMORY = "host_out_of_memory"
GPU_FAILURE = "gpu_failure"
NODE_FAILURE = "node_failure"
KILLED = "killed"


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

UNKNOWN = Class(kind="unknown", advice="read `logs`, mend the cause, then `retry`")
_BY_KIND = {known.kind: known for known in CLASSES}


def classify(text: str) -> Class:
    """Return the failure class that a traceback or the tail of a log gives away."""
    return next((known for known in CLASSES if any(sign in text for sign in known.signs)), UNKNOWN)


def class_of(kind: str) -> Class:
    """Return the class of that name; `UNKNOWN` for one of a newer version."""
    return _BY_KIND.get(kind, UNKNOWN)
