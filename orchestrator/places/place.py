"""What a place where workers run is asked for; all places stand in `table.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from orchestrator.places.job_log import Launch
    from orchestrator.places.profile import Limits, Profile
    from orchestrator.places.wall_limit import End

LossKind = Literal["node_failure", "host_out_of_memory", "timeout", "preempted", "killed", "lost"]
"""The failure classes that a scheduler can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a job ended."""

    kind: LossKind
    """The failure class of an attempt that it took along."""
    state: str
    """The scheduler's word, as `NODE_FAIL`."""
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStarter:
    """How a program of a job starts another one on each of the job's nodes."""

    words: tuple[str, ...]
    """Before the words of the program, as `srun ...`; it ends when all of them have."""
    variable: str
    """What it sets to the number of the node, from 0 on: 0 is the one that the worker runs on."""


class Place(Protocol):
    """Where workers are started: this machine, or a cluster by its scheduler.

    A job's name is the place's kind, a colon, and what the place calls it: the first word finds the place
    again. About names of other kinds a place says that they are not alive, and nothing else.
    """

    kind: ClassVar[str]
    job_pattern: ClassVar[str]
    """What a job is called after the colon, as a regular expression."""
    queue_program: ClassVar[str]
    """What shows the queue, as `squeue`; empty where jobs begin at once, and end with the machine."""
    name: str
    """As the profile calls it."""

    def __init__(self, profile: Profile, since: float | None = None) -> None:
        """See the place as it is at `since` (time.monotonic) or later; by default as of a few seconds ago."""

    def limits(self) -> Limits:
        """Return how many workers may be live at once, and what they share."""

    def check_folder(self, folder: Path) -> None:
        """Raise UserError when jobs cannot be told of this folder."""

    def start(self, launch: Launch, code: Path) -> tuple[str, ...]:
        """Start the workers of a launch and return their jobs, in the order of their numbers.

        Raises QueueFullError, SilentError, or SchedulerError when the same would be refused again.
        """

    def find(self, launch: Launch) -> tuple[str, ...] | None:
        """Return the jobs of a launch that nobody wrote down; None when nobody can tell."""

    def jobs_of(self, launches: Sequence[Launch]) -> list[str] | None:
        """Return all jobs that are live for these launches, named or not; None when nobody can tell."""

    def is_alive(self, job: str) -> bool | None:
        """Say whether a job is queued or active; None when nobody can tell."""

    def is_waiting(self, job: str, /) -> bool:
        """Say whether a job is sure to be in the queue still, and not to have begun."""

    def count(self) -> int:
        """Return how many jobs of this user are in the queue, as far as anybody can tell."""

    def cancel(self, jobs: Iterable[str], *, waiting: bool = False) -> None:
        """End jobs, or only those of them that wait; those already gone are passed over.

        Raises SchedulerError when that fails.
        """

    def stop(self, job: str) -> None:
        """Tell a worker to save and end, as ahead of the wall limit; SchedulerError when that fails."""

    def signal(self, job: str, number: signal.Signals) -> None:
        """Send a signal to a worker and all that it started; SchedulerError when that fails."""

    def this_job(self) -> str:
        """Return what this program is called, which the place has started."""

    def this_node(self) -> str:
        """Return what the scheduler calls the node of this program; empty where it has no choice of nodes."""

    def started_with(self, job: str, launch: Launch, /) -> tuple[str, ...] | None:
        """Return the jobs that a launch came to, one of which is live; None while its starter may say so."""

    def node_starter(self, nodes: int, /) -> NodeStarter | None:
        """Return how a program is started on each node of a job of so many; None where jobs have one node."""

    def end_of(self, job: str, asked_s: float, /) -> End:
        """Return when this very program, which asked for so many seconds, will be ended."""

    def ends_of(self, jobs: Sequence[str], /) -> dict[str, Ended]:
        """Return how jobs ended, of those that somebody remembers."""
