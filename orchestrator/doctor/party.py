"""What the parties of a probe saw: the login node and nodes, or programs of one machine."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True)


class Trip(_Said):
    """A new file, and the answer of another party to it."""

    other: str
    seconds: float | None
    """There and back; None when it did not come in time."""
    ahead: tuple[float, float] | None
    """Between which numbers of seconds the other's clock is ahead."""


class Rewritten(_Said):
    """How another party's file looked while it was renamed over again and again."""

    torn: int
    gone: int
    lag: float | None = None
    """Seconds until the last version was seen; None when it was not."""


class Ages(_Said):
    """How old the heartbeats of another party looked while its heart beat every second."""

    oldest: float
    newest: float


class Module(_Said):
    """An import in a fresh interpreter."""

    seconds: float | None = None
    gpus: int | None = None
    """How many GPUs torch can use."""
    version: str = ""
    arches: tuple[str, ...] = ()
    """What torch has kernels for: `sm_75`, `compute_120`."""
    error: str | None = None


class Sharing(_Said):
    """What a machine offers to programs that share its GPUs."""

    mps: bool
    """Whether the program is there that starts MPS."""
    mps_runs: bool
    gpus: int
    """Those that nvidia-smi tells of."""
    divided: int
    """Those of them that MIG divides."""
    slices: tuple[str, ...]
    """The parts, each by the name of its size."""
    alone: int
    """GPUs on which one program at a time may compute."""
    cards: tuple[tuple[str, str], ...] = ()
    """Each kind of them once: its name, and its compute capability, as `7.0`."""


class View(_Said):
    """What one party saw; what it did not come to is None."""

    host: str
    ended: bool = False
    error: str | None = None
    missing: tuple[str, ...] = ()
    """Parties that never came."""
    trips: tuple[Trip, ...] | None = None
    values: dict[str, Rewritten] | None = None
    link: tuple[int, ...] | None = None
    """The races it won."""
    mkdir: tuple[int, ...] | None = None
    hearts: dict[str, Ages] | None = None
    python: str | None = None
    modules: dict[str, Module] = Field(default_factory=dict)
    gpus_given: str = ""
    """CUDA_VISIBLE_DEVICES of the job, or what AMD has for it."""
    driver: bool = False
    """Whether the node has a driver for GPUs."""
    gpu_trouble: dict[str, str] | None = None
    """Why no kernel can be launched, by the driver and by torch, empty where one can; None: not looked at."""
    sharing: Sharing | None = None
    """None where no GPU was asked for, or nobody could say."""
    signals: tuple[tuple[str, float], ...] = ()


class Agenda(_Said):
    """What the parties of a probe do."""

    parties: tuple[str, ...]
    nodes: tuple[str, ...] = ()
    """Those that look around on a node and wait for the signal ahead of the wall limit."""
    gather: float = 180
    """Seconds to wait for all to come."""
    patience: float = 60
    """Seconds to wait for one another later."""
    rounds: int = 2
    rewrites: int = 20
    races: int = 300
    hearts: float = 12
    """Seconds for which hearts beat."""
    warning: float = 0
    """Seconds after its beginning until which a node waits for that signal."""
    modules: tuple[str, ...] = ()
    gpus: int = 0
    """GPUs of a node on each of which a kernel is launched."""


class Folder(_Said):
    """The file system that the run folder lies on."""

    path: str
    kind: str
    """As the kernel names it: `nfs4`, `lustre`, `ext4`."""
    free: int
    """Bytes that this user may still write, quotas left aside."""
    files: int | None
    """Files that may still be made; None where the file system does not count them."""
