"""Launches workers: each launch once, whatever crashes, hangs or happens at once."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Literal

from orchestrator.engine.demand import LiveWorker
from orchestrator.messages.errors import QueueFullError, SchedulerError, SilentError, StoppedError
from orchestrator.places.job_log import Intent, JobLog, Launch, Launched
from orchestrator.places.program import program_name
from orchestrator.places.table import place_of, place_of_launch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission
    from orchestrator.places.place import Place
    from orchestrator.study.shape import Shape

Kind = Literal["workers", "sentinel"]

ELSEWHERE = "another program is submitting this study at this moment"
_INTENT_S = 120
"""So long a starter elsewhere may give no sign of life before somebody else looks after its intent."""
_PAUSES_S = (1, 3, 9)
"""Between two calls of the scheduler for one intent, when it does not answer."""
_FULL_S = 60
"""After so long a full queue is tried again, even if no job of this user has left it."""
_RECENT_S = 5


class Launcher:
    """Launches for one study, each decided on everything that was launched before it."""

    def __init__(
        self, runs: RunFolder, submission: Submission, halted: Callable[[], bool] = lambda: False
    ) -> None:
        """Launch nothing any more once `halted` says yes."""
        self._submission = submission
        self._halted = halted
        self._log = JobLog(runs.study(submission.study.name))
        self._launches = self._log.launches()
        self._found = len(self._launches)
        self.place = self.place_now()  # the queue is asked after the launches were read: no job is overlooked
        self.avoid: tuple[str, ...] = ()
        """Nodes not to start workers on, as long as there are others."""
        self._taken_back: set[str] = set()
        self._code = runs.study(submission.study.name) / "code" / submission.code

    def place_now(self) -> Place:
        """Return the place of the study as it is from this moment on."""
        return place_of(self._submission.profile, time.monotonic())

    def of(self, kind: Kind) -> list[tuple[Launch, Intent]]:
        """Return the launches of a kind that came to something, with their intents."""
        return [
            (launch, launch.intent)
            for launch in self._launches
            if launch.jobs and launch.intent and launch.intent.kind == kind
        ]

    def started(self) -> tuple[str, ...]:
        """Return the workers that this program has launched, and not taken back."""
        mine = self._launches[self._found :]
        workers = [launch for launch in mine if launch.intent and launch.intent.kind == "workers"]
        return tuple(job for launch in workers for job in launch.jobs if job not in self._taken_back)

    def take_back(self, job: str) -> bool:
        """Take a worker that waits out of the queue; say whether it is gone."""
        self.place.cancel([job], waiting=True)
        if self.place_now().is_alive(job) is not False:
            return False
        for launch, _ in self.of("workers"):
            if job in launch.jobs:
                launch.mark("ended", launch.jobs.index(job), job)
        self._taken_back.add(job)
        return True

    def live(self, busy: Mapping[str, int] | None = None) -> list[LiveWorker]:
        """Return the workers that are queued or active at the study's place; one that may be counts."""
        return [
            LiveWorker(job=job, shape=intent.shape, busy=(busy or {}).get(job, 0))
            for launch, intent in self.of("workers")
            for job in sorted(set(launch.jobs) - launch.ended())
            if self.place.is_alive(job) is not False
        ]

    def recover(self) -> str:
        """Settle launches whose starter died half-way; return why nobody can tell what there is, if so."""
        still_open = [launch for launch in self._launches if launch.open]
        if not all(map(_is_orphan, still_open)):
            return ELSEWHERE
        for launch in still_open:
            jobs = place_of_launch(launch, self._submission.profile).find(launch) if launch.intent else ()
            if jobs is None:
                return self._silent()
            launch.settle(Launched(jobs=jobs))
        self._launches = [self._log.launch(launch.number) for launch in self._launches]
        if not self.place.queue_program or not self._launches:
            return ""
        queued = self.place.jobs_of([launch for launch in self._launches if not launch.open])
        if queued is None:
            return self._silent()
        self._withdraw(set(queued) - {job for launch in self._launches for job in launch.jobs})
        return ""

    def _silent(self) -> str:
        return f"the scheduler does not answer (`{self.place.queue_program}`), so nothing was started"

    def _withdraw(self, jobs: Collection[str]) -> None:
        """Take jobs that no launch names out of the queue; where that fails they end by themselves."""
        if jobs:
            with contextlib.suppress(SchedulerError):
                self.place.cancel(sorted(jobs))

    def launch(
        self, kind: Kind, shape: Shape, count: int, *, after: Sequence[str] = (), waiting: int = 0
    ) -> Launch | None:
        """Write the intent, start the jobs, write down their names; None when somebody else was faster.

        Raises QueueFullError when there is no room for so many, SchedulerError when nothing can be started,
        StoppedError when nothing may be started any more.
        """
        number = self._launches[-1].number + 1 if self._launches else 1
        launch = self._log.begin(number, self._intent(number, kind, shape, count, after))
        if launch is None:
            return None
        if self._halted():  # looked at now, so that of a stop and this start one sees the other
            self._launches.append(launch.settle(Launched()))
            raise StoppedError("stopped while workers were being started")
        began = time.monotonic()
        try:
            jobs = self._start(launch)
        except QueueFullError as full:
            queued = place_of(self._submission.profile, began).count()
            self._launches.append(launch.settle(Launched(full=str(full), waiting=waiting, queued=queued)))
            raise
        except SchedulerError as refused:
            self._launches.append(self._log.launch(number))
            if not launch.intent or not launch.intent.avoid or isinstance(refused, SilentError):
                raise
            self.avoid = ()  # there may be no other nodes
            return self.launch(kind, shape, count, after=after, waiting=waiting)
        launch = launch.settle(Launched(jobs=jobs))
        self._launches.append(launch)
        self._withdraw(set(jobs) - set(launch.jobs))  # a job that had been given up has begun and was faster
        return launch

    def _start(self, launch: Launch) -> tuple[str, ...]:
        """Start the jobs of an intent; before another try the scheduler is asked whether it has them."""
        for pause_s in (*_PAUSES_S, None):
            try:
                return self.place.start(launch, self._code)
            except QueueFullError:
                raise
            except SchedulerError as error:
                found = self.place.find(launch)  # it may have queued the job and then failed to say so
                if found:
                    return found
                if pause_s is None or not isinstance(error, SilentError):
                    if found is not None:
                        launch.settle(Launched())
                    raise
                time.sleep(pause_s)
                launch.touch()
        raise AssertionError("the last try returns or raises")

    def still_full(self, kind: Kind) -> str:
        """Return what the scheduler said when there was no room, if trying again so soon would be in vain."""
        tried = [launch for launch in self._launches if launch.intent and launch.intent.kind == kind]
        if not tried or not (last := tried[-1].launched) or not last.full or tried[-1].age > _FULL_S:
            return ""
        queued = place_of(self._submission.profile, time.monotonic() - _RECENT_S).count()
        return last.full if queued >= last.queued else ""

    def _intent(self, number: int, kind: Kind, shape: Shape, count: int, after: Sequence[str]) -> Intent:
        return Intent(
            token=self._log.token(self._submission.study.name, number),
            cluster=self.place.name,
            scheduler=self.place.kind,
            kind=kind,
            shape=shape,
            count=count,
            after=tuple(after),
            avoid=self.avoid if kind == "workers" else (),
            code=self._submission.code,
            starter=program_name(os.getpid()),
            time=time.time(),
        )


def _is_orphan(launch: Launch) -> bool:
    alive = launch.starter_lives()
    return launch.age > _INTENT_S if alive is None else not alive
