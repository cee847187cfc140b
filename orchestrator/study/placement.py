"""Where on a cluster a worker runs: what a shape may say of that, and what it may not."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from orchestrator.messages.problems import nearest

Word = Annotated[str, StringConstraints(pattern=r"^[^-\s\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*$", max_length=200)]
"""A name of the site; what would begin an option or a line of its own is none."""
Option = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
OneLine = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=1000)]
"""In a job script the line after it would be a command."""
GpuType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)]
"""The middle of `gpu:a100:2`."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_MEMORY, _CPUS, _GPUS = "memory: 24GB", "cpus: 4", "gpus: 2` and `gpu: a100"
_KEYS = {
    "account": "account: NAME",
    "constraint": "constraint: FEATURE",
    "cpus-per-gpu": _CPUS,
    "cpus-per-task": _CPUS,
    "exclusive": "exclusive: true",
    "gpus": _GPUS,
    "gpus-per-node": _GPUS,
    "gpus-per-socket": _GPUS,
    "gpus-per-task": _GPUS,
    "gres": _GPUS,
    "mem": _MEMORY,
    "mem-per-cpu": _MEMORY,
    "mem-per-gpu": _MEMORY,
    "mincpus": _CPUS,
    "nodes": "nodes: 2",
    "partition": "partition: NAME",
    "qos": "qos: NAME",
    "time": "time: 20h",
    "time-min": "time: 20h",
}
"""Options of sbatch that a shape has keys for."""
_SET_HERE = _names("""
    array chdir comment dependency error export input job-name kill-on-invalid-dep no-requeue ntasks
    ntasks-per-node open-mode requeue signal wait
""")
"""Those that this program sets, or relies on as they are."""
_HARMLESS = _names("""
    acctg-freq begin contiguous core-spec cores-per-socket cpu-freq deadline delay-boot distribution exclude
    extra-node-info gpu-bind gpu-freq gres-flags hint licenses mail-type mail-user mem-bind network nice
    nodelist overcommit oversubscribe prefer priority profile reservation sockets-per-node spread-job switches
    threads-per-core thread-spec tmp tres-bind use-min-nodes wckey
""")
"""Those that only choose nodes, turns and messages: a study file may come from somebody else."""


def _allowed(options: dict[str, object]) -> dict[str, object]:
    """Return options without their underscores; raise ValueError with every one that a shape may not have."""
    given = {name.replace("_", "-"): value for name, value in options.items()}
    told = []
    for name in given:
        if name in _KEYS:
            told.append(f"`{name}`: write `{_KEYS[name]}` in the shape, not under `sbatch:`")
        elif name in _SET_HERE:
            told.append(f"`{name}`: it is set by this program")
        elif name not in _HARMLESS:
            where = "the profile's `sbatch:` takes any option"
            told.append(f"`{name}` is no option that a shape may have; {nearest(name, _HARMLESS, where)}")
    if told:
        raise ValueError("; ".join(told))
    return given


SbatchOptions = Annotated[dict[Option, bool | int | float | OneLine], AfterValidator(_allowed)]


class Placement(BaseModel):
    """What a shape says of where its workers run; what it leaves open is as the profile says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nodes: int = Field(default=1, ge=1, exclude_if=lambda nodes: nodes == 1)
    """On each of them the command is started; the other amounts are those of one node."""
    partition: Word | None = Field(default=None, exclude_if=lambda given: given is None)
    """The partition, where another than the profile's is meant."""
    gpu: GpuType | None = Field(default=None, exclude_if=lambda given: given is None)
    """The type of the GPUs, as Slurm names it in `gpu:a100:2`."""
    constraint: Word | None = Field(default=None, exclude_if=lambda given: given is None)
    """Features that nodes must have, as `a100&ib`."""
    qos: Word | None = Field(default=None, exclude_if=lambda given: given is None)
    """The quality of service."""
    account: Word | None = Field(default=None, exclude_if=lambda given: given is None)
    """The account that is charged."""
    exclusive: bool = Field(default=False, exclude_if=lambda given: not given)
    """Whether no other job may run on its nodes."""
    sbatch: SbatchOptions = Field(default_factory=dict, exclude_if=lambda given: not given)
    """Further options of sbatch."""

    def __hash__(self) -> int:
        """Let it be a key, although it holds a mapping."""
        return hash(tuple(frozenset(v.items()) if isinstance(v, dict) else v for _, v in self))
