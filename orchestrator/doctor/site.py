"""What a Slurm site says of itself, as values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WORKING = {"idle", "mixed", "allocated", "completing", "planned", "reserved"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A partition; None where it sets no limit."""

    name: str
    default: bool
    state: str
    max_time: int | None
    """Seconds."""
    max_nodes: int | None
    """Nodes of one job."""
    tier: int
    preempt_mode: str
    grace: int
    """Seconds between the warning and the end of a job that is preempted."""
    qos: str | None
    accounts: tuple[str, ...] | None
    """Accounts that may use it; None for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node as a member of one partition."""

    name: str
    partition: str
    state: str
    gres: Mapping[str, int]
    """`gpu:k40` -> how many."""
    cpus: int
    memory: int
    """Megabytes."""

    @property
    def works(self) -> bool:
        """Whether it takes jobs, now or later."""
        return self.state in _WORKING


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What an association or a QOS lets one user do; None where it sets no limit."""

    source: str
    submit: int | None = None
    """Jobs queued or active."""
    jobs: int | None = None
    """Jobs active."""
    time: int | None = None
    """Seconds."""
    tres: str = ""
    """Further limits, as Slurm writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """One way in which a user may use the site."""

    account: str
    partition: str
    """Empty for all."""
    qos: tuple[str, ...]
    default_qos: str
    allowance: Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that was asked; None where nothing answered, and `troubles` says why."""

    user: str
    settings: Mapping[str, str] | None = None
    partitions: tuple[Partition, ...] | None = None
    nodes: tuple[Node, ...] | None = None
    associations: tuple[Association, ...] | None = None
    qos: tuple[Allowance, ...] | None = None
    sacct: bool = False
    troubles: Mapping[str, str] = field(default_factory=dict)
    """Command -> what went wrong with it."""

    def partition(self, name: str | None) -> Partition | None:
        """Return the partition of this name, or the one where jobs go that name none."""
        return next(
            (one for one in self.partitions or () if (one.default if name is None else one.name == name)),
            None,
        )

    def members(self, partition: Partition) -> list[Node]:
        """Return the nodes of a partition."""
        return [node for node in self.nodes or () if node.partition == partition.name]

    def gres(self, partition: Partition) -> dict[str, int]:
        """Return the GRES names of a partition, with how many there are on all its nodes."""
        counts: Counter[str] = Counter()
        for node in self.members(partition):
            counts.update(node.gres)
        return dict(sorted(counts.items()))

    def has_gres(self, partition: Partition, name: str) -> bool:
        """Say whether a partition has a GRES of this name, or of kinds below it."""
        return any(one == name or one.startswith(f"{name}:") for one in self.gres(partition))

    def setting(self, name: str) -> str | None:
        """Return a line of `scontrol show config`; None when it is not there or says `(null)`."""
        value = (self.settings or {}).get(name)
        return None if value in (None, "", "(null)") else value

    def number(self, name: str) -> int | None:
        """Return the number that a line of `scontrol show config` begins with."""
        first = (self.setting(name) or "").split(" ")[0]
        return int(first) if first.isdigit() else None

    def allowances(self, partition: Partition, account: str | None, qos: str | None) -> list[Allowance]:
        """Return everything that limits this user's jobs in a partition."""
        mine = self.association(partition, account)
        names = {partition.qos, qos or (mine.default_qos if mine else None)}
        if mine and not qos and not mine.default_qos and len(mine.qos) == 1:
            names |= set(mine.qos)
        found = [one for one in self.qos or () if one.source.removeprefix("QOS ") in names]
        return ([mine.allowance] if mine else []) + found

    def association(self, partition: Partition, account: str | None) -> Association | None:
        """Return the association that a job would use: of several, the first."""
        for one in self.associations or ():
            if one.partition in ("", partition.name) and account in (None, one.account):
                return one
        return None


def least(numbers: Sequence[int | None]) -> int | None:
    """Return the smallest limit; None when there is none."""
    return min((number for number in numbers if number is not None), default=None)
