"""Evidence of what became of a trial: the records of its attempts, each written once by one program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from orchestrator.places.table import job_name
from orchestrator.study.trial import Stored

LOST = "lost"
"""The kind of an attempt that has no record of its end, while nobody knows more."""
INTERRUPTED = "interrupted"
TIMING = "timing_"
"""Metrics that begin so tell of the machine: they may differ between two equal trials."""
BEAT_S = 5
"""Between two beats of a worker's heart."""
Cause = Literal["wall limit", "scheduler", "user", "cancelled", "lockstep"]
"""Why a trial is told to stop; `lockstep`: one that is trained together with it was cancelled."""

Moment = Annotated[FiniteFloat, Field(ge=0, lt=1e11)]
"""Unix time in seconds."""
Job = Annotated[str, AfterValidator(job_name)]
"""`slurm:123`, `slurm:123_4` or `local:HOST:PID:START`."""


class Leader(BaseModel):
    """The attempt whose program trains a trial too."""

    model_config = ConfigDict(frozen=True)

    trial: str
    attempt: int


class Claim(Stored):
    """Who took an attempt, and where."""

    worker: str
    job: Job
    host: str
    time: Moment
    code: str
    """Hash of the code snapshot that the attempt runs."""
    more_memory: int | None = None
    """Megabytes to repeat it with, should it run out of memory; None where the cluster has no more."""
    node: str = ""
    """What the scheduler calls the host; empty on this machine, and in older claims."""
    gpus: int = 0
    """Those that the worker asked for; not said in older claims."""
    leader: Leader | None = Field(default=None, exclude_if=lambda leader: leader is None)
    """Of a trial that is trained in lockstep with others, but for the first of these."""


class Stop(Stored):
    """Why a trial was told to stop."""

    cause: Cause
    time: Moment


class Failure(Stored):
    """Why an attempt failed."""

    kind: str
    """A failure class of `evidence.failure_class`."""
    message: str
    traceback: str = ""


class Exit(Stored):
    """How an attempt ended."""

    outcome: Literal["done", "failed", "interrupted", "pruned"]
    time: Moment
    seconds: FiniteFloat
    failure: Failure | None = None
    killed: bool = False
    """Whether it was told to stop and then killed, for it did not end within its grace."""


class Loss(Stored):
    """What the scheduler says of a job whose attempt left no record of its end."""

    kind: str
    """A failure class of `evidence.failure_class`."""
    state: str
    """The scheduler's word, as `NODE_FAIL`."""
    node: str = ""
    time: Moment


class Result(Stored):
    """What a finished trial gave, and what it was made with."""

    metrics: dict[str, float]
    trial: str = ""
    """Its id: a file that was copied into another trial's folder gives itself away."""
    attempt: int
    time: Moment
    seconds: FiniteFloat
    """Time of the attempt that finished it."""
    code: str
    provenance: dict[str, Any] = Field(default_factory=dict)
    """Host, job, GPU, package versions, git commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One execution of a trial as its folder shows it."""

    number: int
    claim: Claim | None
    """None while the claimant has made the folder but not yet written who it is."""
    alive: bool
    """Whether its worker lives, as far as anybody can tell; doubt counts as life."""
    exit: Exit | None = None
    loss: Loss | None = None
    stop: Stop | None = None
    saved: int | None = None
    """The furthest step that it saved a checkpoint of."""
    logged: int | None = None
    """The furthest step that it logged a metric of."""
    forgiven: bool = False
    """Whether `retry` was typed after it."""

    @property
    def kind(self) -> str:
        """How it ended: a failure class, or `interrupted`, `lost`, `done`, `pruned`."""
        if self.exit is not None:
            return self.exit.failure.kind if self.exit.failure else self.exit.outcome
        return self.loss.kind if self.loss else LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything the run folder and the scheduler say of one trial."""

    result: Result | None = None
    attempts: tuple[Attempt, ...] = ()
    cancelled: bool = False
    damage: str = ""
    """Which of its files cannot be used, and why; nothing is done about the trial until that is mended."""

    @property
    def over(self) -> bool:
        """Whether the trial has a result and nobody is at it any more: none of this will change."""
        return self.result is not None and not any(attempt.alive for attempt in self.attempts)

    @property
    def seconds(self) -> float:
        """The time of all attempts that have left a record of their end, or the result."""
        known = {attempt.number: attempt.exit.seconds for attempt in self.attempts if attempt.exit}
        if self.result is not None:
            known.setdefault(self.result.attempt, self.result.seconds)
        return sum(known.values())

    @property
    def recent(self) -> tuple[Attempt, ...]:
        """The attempts since `retry` was last typed."""
        forgiven = [place for place, attempt in enumerate(self.attempts) if attempt.forgiven]
        return self.attempts[forgiven[-1] + 1 :] if forgiven else self.attempts
