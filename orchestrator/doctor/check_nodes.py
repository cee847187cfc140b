"""What a probe job saw on the nodes of a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.doctor.check_cards import check_cards
from orchestrator.doctor.check_sharing import check_sharing
from orchestrator.doctor.examination import Finding, about, note, ok, unknown, wrong
from orchestrator.evidence.failure_class import GPU_FAILURE, class_of
from orchestrator.study.shape import format_duration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.doctor.party import View
    from orchestrator.places.profile import Profile

NEEDED = ("orchestrator.engine.work", "submitit")
WANTED = ("torch", "torchvision")
ON_NODES = (
    "setup",
    "python",
    "imports",
    "GPUs",
    "signal",
    "warning",
    "new files",
    "rename",
    "link",
    "mkdir",
    "heartbeat",
    "clocks",
)
"""The checks that stay open without a probe job."""
_SLOW_START_S = 60
_SLOW_SIGNAL_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeJob:
    """What is known of a probe job from outside, and what its parties reported."""

    job: str
    waited: float
    """Seconds in the queue."""
    gpus: int
    """GPUs asked for on each node."""
    lead: int
    """Seconds ahead of its end at which it asked for the signal."""
    end: float | None
    """Unix time at which Slurm would have ended it."""
    requeue: bool | None
    """Whether Slurm would have requeued it."""
    signalled: float | None
    """Unix time at which scancel was asked for a signal."""
    setup: Sequence[tuple[int, str]]
    """Exit code and line."""
    missing_python: Mapping[str, str]
    """Node -> the interpreter that is not there."""
    views: Mapping[str, View]
    """Party -> view, of the nodes only."""
    log: str = ""
    """The end of what the job wrote, where a node reported nothing."""
    alone: str = ""
    """Why it has one node only."""
    state: str = ""
    """What Slurm said of it last."""
    wrote: bool = True
    """Whether its script could write into the run folder."""


def check_job(job: ProbeJob, nodes: Sequence[str]) -> Finding:
    """Say where the probe job was, or why nothing came of it."""
    hosts = [job.views[name].host for name in nodes if name in job.views]
    text = f"job {job.job} began after {format_duration(job.waited)}"
    if len(hosts) < len(nodes):
        nothing = f"{len(nodes) - len(hosts)} of its {len(nodes)} nodes reported nothing"
        unseen = "it left nothing in the run folder: do the nodes see it?"
        cause = "" if job.missing_python else "look at `setup`"
        hint = job.log or (cause if job.wrote else unseen)
        return wrong("probe job", f"job {job.job} ended as {job.state}; {nothing}", hint)
    if broken := [f"{one.host}: {one.error}" for one in job.views.values() if one.error]:
        return wrong("probe job", f"{text}; {'; '.join(broken)}")
    if absent := sorted({name for one in job.views.values() for name in one.missing}):
        return wrong(
            "probe job",
            f"{text} on {', '.join(hosts)}, which did not see {', '.join(absent)} in the run folder",
        )
    if job.alone:
        return note("probe job", f"{text} on {hosts[0]} alone ({job.alone})")
    return ok("probe job", f"{text} on {', '.join(hosts)}")


def check_setup(job: ProbeJob, profile: Profile) -> Finding:
    """Say whether each `setup` line ended well."""
    if not profile.setup:
        return ok("setup", "no lines")
    failed = [f"`{line}` ended with {code}" for code, line in job.setup if code]
    if failed:
        return wrong("setup", "; ".join(failed), "mend the lines")
    if len(job.setup) < len(profile.setup):
        return wrong("setup", f"`{profile.setup[len(job.setup)]}` never ended, or ended the script")
    return ok("setup", f"all {len(job.setup)} lines ended with 0")


def check_python(job: ProbeJob, here: str, interpreter: str) -> Finding:
    """Compare the interpreter on the nodes with the one here."""
    if job.missing_python:
        nodes = ", ".join(sorted(job.missing_python))
        hint = "put the environment on a file system that the nodes see"
        return wrong("python", f"there is no {interpreter} on {nodes}", hint)
    versions = {view.host: view.python for view in job.views.values() if view.python}
    if not versions:
        return unknown("python", "no node came to it")
    other = [f"{host} has {version}" for host, version in versions.items() if version != here]
    if other:
        return wrong("python", f"here {here}, but {', '.join(other)}", "use one environment")
    return ok("python", f"{here} on {', '.join(versions)}")


def check_imports(views: Mapping[str, View]) -> Finding:
    """Say whether the modules can be imported, and how long the slowest node takes."""
    modules = [(view.host, name, one) for view in views.values() for name, one in view.modules.items()]
    if not modules:
        return unknown("imports", "no node came to it")
    failed = [f"{name} on {host}: {one.error}" for host, name, one in modules if one.error]
    if any(one.error for _, name, one in modules if name in NEEDED):
        return wrong("imports", "; ".join(failed), "install the environment where the nodes see it")
    slowest = {
        name: max(one.seconds or 0 for _, other, one in modules if other == name and not one.error)
        for name in dict.fromkeys(name for _, name, one in modules if not one.error)
    }
    text = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest.items())
    if failed:
        return note("imports", f"{text}; {'; '.join(failed)}", "trainings that use it fail")
    if sum(slowest.values()) > _SLOW_START_S:
        return note("imports", text, "the file system of the environment is slow; a worker pays it once")
    return ok("imports", text)


def check_gpus(job: ProbeJob, profile: Profile) -> Finding:
    """Say whether kernels can be launched on the GPUs that Slurm gave, by the driver and by torch."""
    if not job.gpus:
        return ok("GPUs", "none asked for: the partition has none by this name")
    seen = {one.host: one for one in job.views.values() if one.modules}
    if not seen:
        return unknown("GPUs", "no node came to it")
    ungiven = [host for host, one in seen.items() if not one.gpus_given]
    if ungiven:
        return wrong("GPUs", f"Slurm set no CUDA_VISIBLE_DEVICES on {', '.join(ungiven)}")
    if not profile.check_gpus:
        return note("GPUs", "given; no kernel was launched, as the profile says `check_gpus: false`")
    if any(one.gpu_trouble is None for one in seen.values()):
        return unknown("GPUs", "not every node came to it")
    if faults := [f"on {host}: {text}" for host, one in seen.items() if (text := gpu_fault(one))]:
        text = f"workers that ask for GPUs claim nothing {'; '.join(faults)}"
        return wrong("GPUs", text, class_of(GPU_FAILURE).advice)
    ways = {way for one in seen.values() for way in one.gpu_trouble or ()}
    return ok("GPUs", f"a kernel ran on {', '.join(seen)}, by {' and by '.join(sorted(ways))}")


def gpu_fault(view: View) -> str:
    """Return why no kernel can be launched; the driver's own word counts first."""
    return next((text for _, text in sorted((view.gpu_trouble or {}).items()) if text), "")


def check_signal(job: ProbeJob) -> Finding:
    """Say how long a signal needs from scancel to the program of a worker."""
    if job.signalled is None or not job.views:
        return unknown("signal", "it did not come to it")
    came = _signals(job, "SIGUSR1")
    deaf = [host for host, times in came.items() if not times]
    if deaf:
        return wrong("signal", f"scancel --signal did not reach the program on {', '.join(deaf)}")
    slowest = max(times[0] - job.signalled for times in came.values())
    text = f"scancel --signal reached the programs within {max(0, slowest):.1f} s by their clocks"
    return note("signal", text) if slowest > _SLOW_SIGNAL_S else ok("signal", text)


def check_warning(job: ProbeJob, profile: Profile) -> Finding:
    """Say how far ahead of the wall limit the signal came that stops a trial."""
    came = _signals(job, "SIGUSR2")
    waiting = [one.host for one in job.views.values() if not came[one.host] and not one.ended]
    if not came or job.end is None or waiting:
        return unknown("warning", "no node came to it")
    if not all(came.values()):
        text = f"SIGUSR2 did not come {job.lead} s ahead of the wall limit"
        return note("warning", text, "workers stop by the clock all the same; say so to the site")
    ahead = job.end - max(times[0] for times in came.values())
    text = f"SIGUSR2 came {ahead:.0f} s ahead of the wall limit, {job.lead} s were asked for"
    if ahead < job.lead - profile.signal_lead / 2:
        should = profile.signal_lead + round(job.lead - ahead)
        return wrong("warning", text, "a trial would be told too late", should)
    return ok("warning", text)


def _signals(job: ProbeJob, wanted: str) -> dict[str, list[float]]:
    """Return when a signal came to each host."""
    return {one.host: [when for name, when in one.signals if name == wanted] for one in job.views.values()}


def check_requeue_flag(job: ProbeJob) -> Finding:
    """Say whether the site honours that workers are not to be requeued."""
    if job.requeue is None:
        return unknown("requeue flag", "Slurm did not tell of the job")
    if job.requeue:
        return note("requeue flag", "Requeue=1 in spite of --no-requeue: a preempted worker may begin again")
    return ok("requeue flag", "Requeue=0, as workers ask for")


def check_nodes(
    job: ProbeJob, nodes: Sequence[str], profile: Profile, here: str, interpreter: str
) -> list[Finding]:
    """Return what a probe job found out about the nodes."""
    first = [check_job(job, nodes), about(check_setup(job, profile), profile, "setup")]
    if job.missing_python or job.views:
        first.append(check_python(job, here, interpreter))
    if not job.views:
        return [*first, left_open("no node reported anything")]
    return [
        *first,
        check_imports(job.views),
        about(check_gpus(job, profile), profile, "check_gpus"),
        *check_cards(job.views),
        *check_sharing(job.views, in_jobs=True),
        check_signal(job),
        about(check_warning(job, profile), profile, "signal_lead"),
        check_requeue_flag(job),
    ]


def left_open(why: str) -> Finding:
    """Return that all checks are open which need a job on nodes."""
    return unknown("nodes", f"{why}; so these are open: {', '.join(ON_NODES)}")
