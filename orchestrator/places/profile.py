"""A cluster's settings, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from orchestrator.study.placement import OneLine, Option, Word
from orchestrator.study.shape import Megabytes, Seconds, Shape
from orchestrator.study.strict import Strict
from orchestrator.study.study_file import Name


class PartitionLimits(Strict):
    """What a partition allows a job; None where nobody has said."""

    max_time: Seconds | None = None
    """Its wall limit, in seconds."""
    max_memory: Megabytes | None = None
    """Memory of its largest node: a trial that ran out of it is repeated once, with up to twice as much."""
    max_cpus: int | None = Field(default=None, ge=1)
    """Cores of its largest node."""
    max_gpus: int | None = Field(default=None, ge=0)
    """GPUs of the node with most."""
    max_nodes: int | None = Field(default=None, ge=1)
    """Nodes that one job may have."""


class Profile(Strict):
    """A cluster's settings, as `slurm/<name>.yaml` gives them; `local` is built in."""

    name: Name
    """What `--cluster` calls it."""
    scheduler: Name = "slurm"
    """What queues the jobs there: a place of `places.table`."""
    partition: Word | None = None
    """Where jobs are queued."""
    account: Word | None = None
    """To whom they are charged; null where the site asks for none."""
    gres: Word = "gpu"
    """The gres name of one GPU, as `gpu:v100`."""
    max_time: Seconds | None = None
    """The wall limit of the partition, as `20h`; a number is seconds."""
    max_cpus: int | None = Field(default=None, ge=1)
    """Cores of the largest node."""
    max_gpus: int | None = Field(default=None, ge=0)
    """GPUs of the node with most."""
    max_nodes: int | None = Field(default=None, ge=1)
    """Nodes that one job may have."""
    partitions: dict[Word, PartitionLimits] = Field(default_factory=dict)
    """Other partitions that shapes may name, with their limits; shapes may name any where none is given."""
    max_workers: int = Field(default=40, ge=1)
    """At most this many workers queued or active at once."""
    max_array_size: int = Field(default=1000, ge=2)
    """MaxArraySize of the site: array indices stay below it."""
    max_memory: Megabytes | None = None
    """Memory of the largest node, as `128GB`.

    A trial that ran out of it is repeated once, with up to twice as much.
    """
    signal_lead: Seconds = 120
    """Seconds before the wall limit at which a worker stops its trial at the latest."""
    lease: Seconds = 120
    """Seconds without a heartbeat after which an attempt may be lost."""
    linger: int = Field(default=0, ge=0)
    """Seconds an idle worker waits for trials to become ready before it ends."""
    grace: Seconds = 20
    """Seconds that a trial that was told to stop may take at least before it is killed."""
    check_gpus: bool = True
    """Whether workers launch a kernel on their GPUs before they claim; not where CUDA does not know these."""
    patience: Seconds = 60
    """Seconds that sbatch, squeue and scancel may take to answer."""
    setup: tuple[str, ...] = ()
    """Lines of the job script before the worker starts."""
    sbatch: dict[Option, bool | int | float | OneLine] = Field(default_factory=dict)
    """Further sbatch options."""

    @property
    def here(self) -> bool:
        """Whether workers are started on this machine, without a scheduler."""
        return self.name == LOCAL.name


LOCAL = Profile(name="local", scheduler="local", lease=60, signal_lead=10, linger=3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the place where workers are started allows."""

    workers: int
    cpus: int | None = None
    """Cores to share between all workers; None where a scheduler sees to it."""
    gpus: int | None = None
    """GPUs to share; None where a scheduler sees to it."""
    gpus_found: str = ""
    """What GPUs were found, and how."""


def limits_of(profile: Profile, shape: Shape) -> PartitionLimits:
    """Return what is known of the partition in which workers of a shape run."""
    partition = shape.partition or profile.partition
    if partition in profile.partitions:
        return profile.partitions[partition]
    if partition != profile.partition:
        return PartitionLimits()
    return PartitionLimits(**{key: getattr(profile, key) for key in PartitionLimits.model_fields})


def more_memory(profile: Profile, shape: Shape) -> int | None:
    """Return the megabytes to repeat a trial with that ran out of memory; None where there is no more."""
    more = min(2 * shape.memory, limits_of(profile, shape).max_memory or 0)
    return more if more > shape.memory else None
