"""The faults of the soak, and the schedule by which they strike."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Literal

from slurm.dev_boot import crash_node
from slurm.dev_config import NODES
from slurm.dev_daemons import stop
from tests.soak.processes import send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.soak.processes import Worker
    from tests.soak.world import Typed, World

SUBMIT = ("submit", "study.yaml", "--cluster", "profile.yaml", "--data", "data")
COMMANDS = (("advance", "soak"), SUBMIT, ("status", "soak", "--json"), ("retry", "soak"))
_PREEMPTED_S = 20.0
_LONG_S = 20.0
"""Longer than the lease of the profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that happens to clusters."""

    name: str
    strike: Callable[[World, Random], str]
    """Does it and returns what was hit; empty when there was nothing to hit."""
    wakeless: bool = False
    """Whether it may take the sentinel away too, so that nobody is left who would advance the study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A fault in the schedule."""

    number: int
    fault: Fault
    gap: float
    """Seconds to wait before it."""

    def strike(self, world: World, seed: int) -> str:
        """Let it happen; return what was hit."""
        return self.fault.strike(world, Random(f"{seed} {self.number}"))


def schedule(seed: int, gap: float) -> Iterator[Planned]:
    """Yield faults without end, all kinds equally often, in an order that the seed alone decides.

    Between two of them there are half a second to `gap` seconds.
    """
    dice, number = Random(seed), 0
    while True:
        for fault in dice.sample(FAULTS, len(FAULTS)):
            yield Planned(number=number, fault=fault, gap=dice.uniform(0.5, gap))
            number += 1


# --- workers and their runners ---------------------------------------------------------------------


def _one(world: World, dice: Random, *, training: bool = False) -> Worker | None:
    living = [worker for worker in world.workers() if worker.runner or not training]
    return dice.choice(living) if living else None


def _signal_worker(number: signal.Signals, world: World, dice: Random) -> str:
    worker = _one(world, dice)
    return str(worker) if worker and send(worker.process, number) else ""


def _signal_runner(number: signal.Signals, world: World, dice: Random) -> str:
    worker = _one(world, dice, training=True)
    return f"runner of {worker}" if worker and worker.runner and send(worker.runner, number) else ""


def _freeze(who: Literal["worker", "runner", "both"], end: signal.Signals, world: World, dice: Random) -> str:
    """Stop processes where they stand; kill them later, or let them go on when others may think them lost."""
    between = (_LONG_S, 2 * _LONG_S) if end is signal.SIGCONT else (1, _LONG_S)
    worker, seconds = _one(world, dice, training=True), dice.uniform(*between)
    if worker is None or worker.runner is None:
        return ""
    chosen = {"worker": [worker.process], "runner": [worker.runner], "both": [worker.process, worker.runner]}
    hit = [process for process in chosen[who] if send(process, signal.SIGSTOP)]
    for process in hit:
        world.later(seconds, partial(send, process, end))
    return f"{who} of {worker} for {seconds:.0f} s" if hit else ""


def _kill_all(world: World, _: Random) -> str:
    """Kill all workers at once, as a power cut does."""
    hit = [worker for worker in world.workers() if send(worker.process, signal.SIGKILL)]
    return f"{len(hit)} workers" if hit else ""


# --- jobs ------------------------------------------------------------------------------------------


def _scancel(words: tuple[str, ...], world: World, dice: Random) -> str:
    worker = _one(world, dice)
    if worker is None or not world.answers("slurmctld"):
        return ""
    world.client("scancel", *words, worker.job)
    return str(worker)


def _cancel_sentinel(world: World, _: Random) -> str:
    """Cancel a sentinel that waits."""
    if not world.answers("slurmctld"):
        return ""
    waiting = world.queue("--states=PENDING", kind="sentinel")
    if waiting:
        world.client("scancel", "--quiet", *waiting)
    return f"job {' '.join(waiting)}" if waiting else ""


def _preempt(world: World, dice: Random) -> str:
    """Let a job of a partition that goes first want a whole node on which workers are."""
    worker, seconds = _one(world, dice), dice.randint(1, 5)
    if worker is None or not world.answers("slurmctld"):
        return ""
    place = ("--partition=preempt", f"--nodelist={worker.node}", "--exclusive", "--time=1")
    name = ("--job-name=soak-goes-first", "--output=/dev/null", f"--chdir={world.folder.parent}")
    job = world.client("sbatch", "--parsable", *place, *name, f"--wrap=sleep {seconds}").strip()
    world.later(_PREEMPTED_S, partial(world.client, "scancel", "--quiet", job))
    return f"{worker}, by job {job}"


# --- nodes and daemons -----------------------------------------------------------------------------


def _crash_node(world: World, dice: Random) -> str:
    """Cut a node's power; it is back later, before or after Slurm has noticed."""
    worker, seconds = _one(world, dice), dice.uniform(3, 40)
    if worker is None or world.down & set(NODES):
        return ""
    node = worker.node
    if not crash_node(world.layout, node):
        return ""
    world.down.add(node)
    world.later(seconds, partial(world.bring_up, node))
    return f"{worker}, for {seconds:.0f} s"


def _take_node(world: World, dice: Random) -> str:
    """Let somebody declare a node down: Slurm ends its jobs."""
    worker, seconds = _one(world, dice), dice.uniform(3, 20)
    if worker is None or world.down & set(NODES) or not world.answers("slurmctld"):
        return ""
    world.client("scontrol", "update", f"nodename={worker.node}", "state=down", "reason=soak")
    world.down.add(worker.node)
    world.later(seconds, partial(world.resume, worker.node))
    return f"{worker}, for {seconds:.0f} s"


def _stop_daemon(name: str, kill: bool, world: World, dice: Random) -> str:
    seconds = dice.uniform(1, 8)
    if name in world.down or not stop(world.layout, name, kill=kill):
        return ""
    world.down.add(name)
    world.later(seconds, partial(world.bring_up, name))
    return f"for {seconds:.1f} s"


# --- commands --------------------------------------------------------------------------------------


def _type_two(world: World, dice: Random) -> str:
    """Let two people type something at the same moment."""
    return " and ".join(str(world.type(*dice.choice(COMMANDS))) for _ in range(2))


def _type_twice(words: tuple[str, ...], world: World, _: Random) -> str:
    return " and ".join(str(world.type(*words)) for _ in range(2))


def _kill_command(words: tuple[str, ...], world: World, dice: Random) -> str:
    """Type a command and kill it in the middle."""
    typed, seconds = world.type(*words), dice.uniform(0.05, 0.6)
    time.sleep(seconds)
    return f"{typed} after {seconds:.1f} s" if _kill(typed) else ""


def _kill(typed: Typed) -> bool:
    if typed.program.poll() is not None:
        return False
    typed.killed = True
    typed.program.kill()
    return True


FAULTS = (
    Fault(name="worker killed", strike=partial(_signal_worker, signal.SIGKILL)),
    Fault(name="worker sent TERM", strike=partial(_signal_worker, signal.SIGTERM)),
    Fault(name="worker sent USR2", strike=partial(_signal_worker, signal.SIGUSR2)),
    Fault(name="runner killed", strike=partial(_signal_runner, signal.SIGKILL)),
    Fault(name="runner sent TERM", strike=partial(_signal_runner, signal.SIGTERM)),
    Fault(name="worker frozen, then killed", strike=partial(_freeze, "worker", signal.SIGKILL)),
    Fault(name="runner frozen, then killed", strike=partial(_freeze, "runner", signal.SIGKILL)),
    Fault(name="worker and runner frozen for a while", strike=partial(_freeze, "both", signal.SIGCONT)),
    Fault(name="all workers killed", strike=_kill_all),
    Fault(name="job killed", strike=partial(_scancel, ("--signal=KILL", "--full"))),
    Fault(name="job sent USR2", strike=partial(_scancel, ("--signal=USR2",))),
    Fault(name="job cancelled", strike=partial(_scancel, ())),
    Fault(name="sentinel cancelled", strike=_cancel_sentinel, wakeless=True),
    Fault(name="job preempted", strike=_preempt, wakeless=True),
    Fault(name="node crashed", strike=_crash_node, wakeless=True),
    Fault(name="node set down", strike=_take_node, wakeless=True),
    Fault(name="slurmctld stopped", strike=partial(_stop_daemon, "slurmctld", False)),
    Fault(name="slurmctld killed", strike=partial(_stop_daemon, "slurmctld", True), wakeless=True),
    Fault(name="slurmdbd stopped", strike=partial(_stop_daemon, "slurmdbd", False)),
    Fault(name="slurmdbd killed", strike=partial(_stop_daemon, "slurmdbd", True)),
    Fault(name="two commands at once", strike=_type_two),
    Fault(name="submit twice at once", strike=partial(_type_twice, SUBMIT)),
    Fault(name="advance killed", strike=partial(_kill_command, ("advance", "soak"))),
    Fault(name="submit killed", strike=partial(_kill_command, SUBMIT)),
)
