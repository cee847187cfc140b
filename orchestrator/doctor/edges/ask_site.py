"""Ask a Slurm site about itself: its own commands, one question each."""

from __future__ import annotations

import getpass
import re
from typing import TYPE_CHECKING, TypeVar

from orchestrator.doctor.site import Allowance, Association, Node, Partition, Site
from orchestrator.places.slurm.command import AnswerError, ask
from orchestrator.study.shape import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

T = TypeVar("T")
_CONFIG = ["scontrol", "show", "config"]
_PARTITIONS = ["scontrol", "show", "--oneliner", "partition"]
_NODES = ["sinfo", "--noheader", "--Node", "--format=%N|%R|%T|%G|%c|%m"]
_QOS = ["sacctmgr", "-nP", "show", "qos", "format=name,maxsubmitpu,maxjobspu,maxwall,maxtrespu"]
_MINE = "format=account,partition,qos,defaultqos,maxsubmit,maxjobs,maxwall,maxtres"
_SACCT = ["sacct", "--noheader", "--starttime=now", "--format=jobid"]


def look_at_site() -> Site:
    """Return everything the site says of itself; what does not answer is left out, with the reason."""
    user, troubles = getpass.getuser(), dict[str, str]()
    settings = dict(_asked(_CONFIG, parse_settings, troubles) or ())
    if troubles:
        return Site(user=user, troubles=troubles)  # everything else would wait for the same controller
    where = ["where", f"user={user}", f"cluster={settings.get('ClusterName', '')}"]
    mine = ["sacctmgr", "-nP", "show", "assoc", *where, _MINE]
    return Site(
        user=user,
        settings=settings,
        partitions=_asked(_PARTITIONS, parse_partitions, troubles),
        nodes=_asked(_NODES, parse_nodes, troubles),
        associations=_asked(mine, parse_associations, troubles),
        qos=_asked(_QOS, parse_qos, troubles),
        sacct=_asked(_SACCT, str.splitlines, troubles) is not None,
        troubles=troubles,
    )


def _asked(
    command: Sequence[str], parse: Callable[[str], Iterable[T]], troubles: dict[str, str]
) -> tuple[T, ...] | None:
    """Return what a command says; None, and why among the troubles, when it does not."""
    try:
        return tuple(parse(ask(command)))
    except AnswerError as error:
        troubles.setdefault(command[0], str(error))
    except (ValueError, KeyError) as error:
        troubles.setdefault(command[0], f"`{' '.join(command)}` answered in another form ({error})")
    return None


def parse_settings(text: str) -> list[tuple[str, str]]:
    """Return the `name = value` lines of `scontrol show config`."""
    return re.findall(r"^(\S+)\s*= ?(.*)$", text, re.MULTILINE)


def parse_partitions(text: str) -> Iterator[Partition]:
    """Yield the partitions of `scontrol show --oneliner partition`."""
    for line in filter(str.strip, text.splitlines()):
        said = dict(word.partition("=")[::2] for word in line.split())
        accounts = said.get("AllowAccounts", "ALL")
        yield Partition(
            name=said["PartitionName"],
            default=said.get("Default") == "YES",
            state=said.get("State", "unknown"),
            max_time=seconds(said.get("MaxTime", "")),
            max_nodes=whole(said.get("MaxNodes", "")),
            tier=whole(said.get("PriorityTier", "")) or 0,
            preempt_mode=said.get("PreemptMode", "unknown"),
            grace=whole(said.get("GraceTime", "")) or 0,
            qos=None if said.get("QoS", "N/A") == "N/A" else said["QoS"],
            accounts=None if accounts == "ALL" else tuple(accounts.split(",")),
        )


def parse_nodes(text: str) -> Iterator[Node]:
    """Yield the nodes of sinfo's answer, once for each partition."""
    for line in filter(str.strip, text.splitlines()):
        name, partition, state, gres, cpus, memory = line.split("|")
        yield Node(
            name=name,
            partition=partition,
            state=state.rstrip("*~#!%$@^-+"),
            gres=parse_gres(gres),
            cpus=whole(cpus) or 0,
            memory=whole(memory) or 0,
        )


def parse_gres(text: str) -> dict[str, int]:
    """Return `{"gpu:k40": 2}` from `gpu:k40:2(S:0-1)`."""
    counts: dict[str, int] = {}
    for part in re.sub(r"\([^)]*\)", "", text).split(","):
        if found := re.fullmatch(r"(\w+(?::[^:]+)?):(\d+)", part.strip()):
            counts[found[1]] = counts.get(found[1], 0) + int(found[2])
    return counts


def parse_qos(text: str) -> Iterator[Allowance]:
    """Yield what each QOS allows one user."""
    for line in filter(str.strip, text.splitlines()):
        name, submit, jobs, wall, tres = line.split("|")
        yield Allowance(
            source=f"QOS {name}", submit=whole(submit), jobs=whole(jobs), time=seconds(wall), tres=tres
        )


def parse_associations(text: str) -> Iterator[Association]:
    """Yield the ways in which the user may use the site."""
    for line in filter(str.strip, text.splitlines()):
        account, partition, qos, default, submit, jobs, wall, tres = line.split("|")
        yield Association(
            account=account,
            partition=partition,
            qos=tuple(filter(None, qos.split(","))),
            default_qos=default,
            allowance=Allowance(
                source=f"account {account}",
                submit=whole(submit),
                jobs=whole(jobs),
                time=seconds(wall),
                tres=tres,
            ),
        )


def whole(text: str) -> int | None:
    """Return a whole number; None for `UNLIMITED`, `64000+` read as 64000."""
    digits = text.strip().rstrip("+")
    return int(digits) if digits.isdigit() else None


def seconds(text: str) -> int | None:
    """Return a duration as Slurm writes it, in seconds; None for `UNLIMITED` and for nothing."""
    try:
        return parse_duration(text.strip())
    except ValueError:
        return None
