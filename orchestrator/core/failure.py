"""Failure classes: from what is left of an attempt to a diagnosis and the next thing to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A kind of failure with the words that give it away."""

    kind: str
    signs: tuple[str, ...]
    advice: str


CLASSES = (
    Class(
        kind="cuda_out_of_memory",
        signs=("CUDA out of memory", "torch.OutOfMemoryError", "CUDNN_STATUS_ALLOC_FAILED"),
        advice="the GPU's memory is too small for these parameters; lower batch_size, then `retry`",
    ),
    Class(
        kind="disk_full",
        signs=("No space left on device", "Disk quota exceeded"),
        advice="free space (or quota) where the run folder lies, then `retry`",
    ),
    Class(
        kind="import_error",
        signs=("ModuleNotFoundError", "ImportError"),
        advice="the worker's Python lacks a package; install it there, then `retry`",
    ),
    Class(
        kind="parameter_error",
        signs=("ValidationError",),
        advice="the parameters do not fit the task; correct the study file and `submit` again",
    ),
    Class(
        kind="data_error",
        signs=("DatasetError", "FileNotFoundError", "UnidentifiedImageError"),
        advice="a file is missing or cannot be read; mend it, then `retry`",
    ),
    Class(
        kind="nan_loss",
        signs=("NaN loss", "loss is nan", "FloatingPointError"),
        advice="training diverged; lower the learning rate and `submit` again",
    ),
    Class(
        kind="host_out_of_memory",
        signs=("MemoryError", "oom_kill", "Out Of Memory", "killed by signal 9"),
        advice="out of memory, or killed by somebody; raise the shape's memory, then `retry`",
    ),
)

UNKNOWN = Class(kind="unknown", signs=(), advice="read `logs`, mend the cause, then `retry`")


def classify(text: str) -> Class:
    """Return the failure class that a traceback or the tail of a log gives away."""
    return next((known for known in CLASSES if any(sign in text for sign in known.signs)), UNKNOWN)


def advice(kind: str) -> str:
    """Return what to do about a failure of this kind."""
    return next((known.advice for known in CLASSES if known.kind == kind), UNKNOWN.advice)
