"""Let several parties try the run folder: programs of this machine, or it and nodes of a cluster."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.doctor.check_folder import check_shared
from orchestrator.doctor.check_nodes import NEEDED, WANTED, ProbeJob, check_nodes, left_open
from orchestrator.doctor.edges import probe_job
from orchestrator.doctor.examination import Finding, unknown, wrong
from orchestrator.doctor.party import Agenda, View
from orchestrator.doctor.site import least
from orchestrator.places.local import usable_gpus
from orchestrator.places.slurm.command import AnswerError
from orchestrator.study.shape import Shape, format_duration

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orchestrator.doctor.site import Partition, Site
    from orchestrator.places.profile import Profile

    Say = Callable[[str], None]

_TIME_S = 600
"""The wall limit of a probe job: whatever happens, it ends by itself."""
_WARNING_S = 90
"""So long after its beginning the signal is due; Slurm may send it up to a minute early."""
_LATE_S = 60
_MEMORY_MB = 4096
_TICK_S = 1.0
_ACTIVE = {"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What came of it."""

    findings: tuple[Finding, ...]
    views: dict[str, View]
    open: bool = False
    """Whether checks stay open that were asked for."""


@contextmanager
def probe_folder(runs: Path, say: Say, *, keep: bool) -> Iterator[Path]:
    """Give a new folder below the run folder, and remove it afterwards with what was made for it."""
    new = [path for path in (runs / "doctor", runs) if not path.exists()]
    folder = runs / "doctor" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(2).hex()}"
    try:
        yield folder
    finally:
        if keep:
            say(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
            for path in new:
                with suppress(OSError):  # somebody else has put something there
                    path.rmdir()


def probe_here(profile: Profile, folder: Path, say: Say) -> Probed:
    """Let two programs of this machine try the folder."""
    agenda = Agenda(
        parties=("one", "two"), nodes=("one",), modules=(*NEEDED, *WANTED), hearts=5, gpus=len(usable_gpus())
    )
    probe_job.lay_out(folder, agenda)
    say(f"two programs try {folder.parent.parent}; this takes some seconds")
    parties = [probe_job.start_party(folder, name) for name in agenda.parties]
    try:
        for party in parties:
            party.wait()
    finally:
        for party in parties:
            party.kill()
    views = probe_job.read_views(folder, agenda.parties)
    return Probed(findings=tuple(check_shared(views, agenda, profile)), views=views)


def probe_nodes(site: Site, profile: Profile, folder: Path, patience: float, say: Say) -> Probed:
    """Submit a job to two nodes, let them and this machine try the folder, and see what nodes offer."""
    partition = site.partition(profile.partition)
    if partition is None:
        return _not_probed("no probe job: there is no such partition")
    working = sum(node.works for node in site.members(partition))
    nodes = max(1, least([2, working, partition.max_nodes]) or 1)
    shape = _shape(site, partition, profile)
    lead = max(1, shape.time - _WARNING_S)
    alone = "" if nodes > 1 else f"{partition.name} gives a job one node"
    gpus = shape.gpus if profile.check_gpus else 0
    probe_job.lay_out(folder, _agenda(nodes, gpus))
    try:
        job = probe_job.submit(folder, profile, shape, nodes, lead)
    except AnswerError as error:
        alone = f"sbatch refuses two: {error}"
        try:
            job, nodes = probe_job.submit(folder, profile, shape, 1, lead), 1
        except AnswerError as refusal:
            return _not_probed(f"sbatch refuses the job: {refusal}", refused=True)
        probe_job.write_agenda(folder, _agenda(1, gpus))
    say(f"job {job} is queued on {nodes} node{'s' * (nodes > 1)} of {partition.name}, Ctrl-C cancels it")
    followed = _Followed(job, folder, _agenda(nodes), say)
    try:
        if not followed.to_its_end(patience):
            why = f"the job did not begin within {format_duration(patience)} ({followed.reason})"
            return _not_probed(why)
    finally:
        followed.finish()
    probed = followed.job(gpus=shape.gpus, lead=lead, alone=alone)
    views = probe_job.read_views(folder, _agenda(nodes).parties)
    found = check_nodes(probed, _agenda(nodes).nodes, profile, platform.python_version(), sys.executable)
    if not probed.views:
        return Probed(findings=tuple(found), views=views, open=True)
    seen = len(probed.views) == nodes and not any(view.missing for view in probed.views.values())
    return Probed(
        findings=(*found, *check_shared(views, _agenda(nodes), profile)),
        views=views,
        open=not seen,
    )


class _Followed:
    """A probe job on its way through the queue and over the nodes."""

    def __init__(self, job: str, folder: Path, agenda: Agenda, say: Say) -> None:
        self.name, self.folder, self.agenda, self.say = job, folder, agenda, say
        self.reason = "PENDING"
        self._began = time.monotonic()
        self._waited = 0.0
        self._party: subprocess.Popen[bytes] | None = None
        self._signalled: float | None = None
        self._sight: probe_job.Sight | None = None
        self._end: float | None = None
        self._told = ""
        self._over = False

    def to_its_end(self, patience: float) -> bool:
        """Follow the job until its nodes have reported; False when it did not begin in time."""
        while not self._over:
            self._look()
            if self._party is None and not self._over and time.monotonic() - self._began > patience:
                return False
            self._tell(self._stage())
            time.sleep(_TICK_S)
        if self._party is not None:
            with suppress(TimeoutError):
                self._party.wait()
        return True

    def _look(self) -> None:
        try:
            sight = probe_job.look_at_job(self.name)
        except AnswerError as error:
            self.reason = f"Slurm does not answer: {error}"
        else:
            self._over = sight is None or sight.state not in _ACTIVE
            self._sight = sight or self._sight
            self.reason = _words(sight) if sight else "gone"
            if sight and sight.state == "RUNNING":
                self._end = sight.end  # of a job that is over, Slurm tells when it really ended
            if sight and sight.state == "RUNNING" and self._party is None:
                self._waited = time.monotonic() - self._began
                self._party = probe_job.start_party(self.folder, "login")
        here = all((self.folder / f"here-{node}").exists() for node in self.agenda.nodes)
        if here and self._signalled is None:
            self._signalled = probe_job.send_signal(self.name)
        views = probe_job.read_views(self.folder, self.agenda.nodes)
        if len(views) == len(self.agenda.nodes) and all(view.ended for view in views.values()):
            self._over = True

    def _stage(self) -> str:
        views = probe_job.read_views(self.folder, self.agenda.nodes).values()
        if self._over:
            return f"over: {self.reason}"
        if self._party is None:
            return f"waiting for it to begin: {self.reason}"
        if views and all(view.modules for view in views):
            return "waiting for the signal ahead of its wall limit, two minutes at most"
        if views and all(view.hearts for view in views):
            return "nodes import what trainings need"
        return "nodes and this machine try the run folder together"

    def _tell(self, text: str) -> None:
        if text != self._told:
            self.say(f"{time.strftime('%H:%M:%S')} {text}")
        self._told = text

    def finish(self) -> None:
        """Leave nothing behind: cancel the job unless it is over, end this machine's party."""
        if self._party is not None:
            self._party.kill()
            self._party.wait()
        try:
            probe_job.cancel(self.name)
            end = time.monotonic() + _LATE_S
            while (sight := probe_job.look_at_job(self.name)) and sight.state in _ACTIVE:
                if time.monotonic() > end:
                    break
                time.sleep(_TICK_S)
        except AnswerError as error:
            self.say(f"job {self.name} could not be cancelled ({error}); it ends by itself")

    def job(self, *, gpus: int, lead: int, alone: str) -> ProbeJob:
        """Return what is known of the job now that it is over."""
        views = probe_job.read_views(self.folder, self.agenda.nodes)
        return ProbeJob(
            job=self.name,
            waited=self._waited,
            gpus=gpus,
            lead=lead,
            end=self._end,
            requeue=self._sight.requeue if self._sight else None,
            signalled=self._signalled,
            setup=probe_job.setup_codes(self.folder),
            missing_python=probe_job.nodes_without_python(self.folder),
            views=views,
            log="" if len(views) == len(self.agenda.nodes) else probe_job.last_words(self.folder),
            alone=alone,
            state=self.reason,
            wrote=(self.folder / "job.log").exists(),
        )


def _words(sight: probe_job.Sight) -> str:
    return ", ".join(word for word in (sight.state, sight.reason) if word not in {"", "None"})


def _agenda(nodes: int, gpus: int = 0) -> Agenda:
    names = tuple(f"node-{number}" for number in range(nodes))
    return Agenda(
        parties=("login", *names),
        nodes=names,
        warning=_WARNING_S + _LATE_S,
        modules=(*NEEDED, *WANTED),
        gpus=gpus,
    )


def _shape(site: Site, partition: Partition, profile: Profile) -> Shape:
    """Return what the job asks for: little, and one GPU where the profile's name for it is right."""
    room = min((node.memory for node in site.members(partition) if node.works), default=_MEMORY_MB)
    time_s = least([_TIME_S, partition.max_time]) or _TIME_S
    gpus = int(site.has_gres(partition, profile.gres))
    return Shape(gpus=gpus, cpus=1, memory=max(1, min(_MEMORY_MB, room)), time=time_s)


def _not_probed(why: str, *, refused: bool = False) -> Probed:
    first = wrong("probe job", why) if refused else unknown("probe job", why)
    return Probed(findings=(first, left_open("they need a probe job")), views={}, open=True)
