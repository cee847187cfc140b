"""The replay of a study, again and again, past programs that write meanwhile and servers that are away."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from orchestrator.engine.observe import Newest, Observer
from orchestrator.messages.errors import TrackingBusyError, TrackingRefusedError
from orchestrator.tracking.edges.brought import Brought
from orchestrator.tracking.edges.mlflow_store import open_study
from orchestrator.tracking.naming import cut
from orchestrator.tracking.report_files import ReportFiles
from orchestrator.tracking.track import wanted, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.messages.errors import OrchestratorError
    from orchestrator.tracking.edges.shown import OwnPoints
    from orchestrator.tracking.track import Counted, Wanted

_FORM = "1"
"""Another one when MLflow shall show the same evidence otherwise."""
_TICK_S = 3
_REST, _REST_NEW = 10, 5
"""Times as long as a look took nothing is done: after one that found nothing new, and after others."""
_LONGEST_TICK_S = 300
_LONGEST_REASON = 200
_LONGEST_WAIT_S = 60
"""Between two tries to reach a server that is away."""


class Replay:
    """Brings one study up to date, again and again; what cannot change any more is read once."""

    def __init__(
        self, runs: RunFolder, name: str, keeps: Sequence[str] = (), *, trusting: bool = False
    ) -> None:
        """`keeps` are the studies that this program will look at again.

        Whoever is `trusting` does not ask MLflow whether it still shows what it was found to show.
        """
        self.name = name
        self.keeps = keeps
        self.steps = 0
        """Counts trials that were written: where a look fails in the middle, the next one has less to do."""
        self._runs = runs
        self._trusting = trusting
        self._newest = Newest(runs, name)
        self._observer = Observer(runs, self._newest.submission)
        self._report = ReportFiles(runs.study(name) / "report")
        self._brought = Brought(runs.path, runs.study(name))
        self._own: OwnPoints = {}

    def experiment(self) -> str | None:
        """Return MLflow's number of the study; None while another program writes, or the server is away."""
        with (
            contextlib.suppress(TrackingBusyError, TrackingRefusedError),
            open_study(self._runs.path, self.name) as shown,
        ):
            return shown.experiment
        return None

    def sync(self, counted: Counted) -> bool:
        """Bring MLflow up to date, and say whether something was new.

        Raises TrackingBusyError while another program writes, TrackingRefusedError when MLflow does not take
        it, and OrchestratorError when it cannot be used.
        """

        first: list[int] = []

        def count(study: str, done: int, total: int) -> None:
            counted(study, done, total)
            first.append(done)
            self.steps += done > first[0]

        if self._newest.replaced():
            self._observer = Observer(self._runs, self._newest.read_again())
        submission, seen = self._newest.submission, self._observer.look()
        what = wanted(self._runs, submission, seen, self._report.attached())
        may_change = any(record.stamp is None for record in what.trials)
        if self._trusting and not may_change and self._brought.is_all(_parts(what)):
            return False
        synced = write(self._runs, submission, seen, what, counted=count, own=self._own, keeps=self.keeps)
        new = bool(synced.created or synced.updated)
        if not new and not may_change:  # only then is it sure: a server may do twice what it was asked twice
            self._brought.note(_parts(what))
        return new


def _parts(what: Wanted) -> Iterable[str]:
    """Return what names all that MLflow shall show of trials that cannot change any more."""
    yield from (_FORM, repr(what.columns))
    yield from map(repr, (*what.parents, *what.trials))
    yield from (file.stamp for file in what.report)


def in_a_line(error: OrchestratorError) -> str:
    """Return what is wrong without what MLflow quotes at length, as statements of SQL."""
    return cut(str(error).partition("\n")[0], _LONGEST_REASON)


class Patience:
    """How long to wait for the next look; a server that is away is told once, until it was there again."""

    def __init__(self, say: Callable[[str], None], tick: float = _TICK_S) -> None:
        """`tick` is the shortest wait, in seconds, after a look that found nothing new."""
        self._say = say
        self._tick = tick
        self._failed = 0
        self._told = False

    def look(self, replays: Sequence[Replay], counted: Counted) -> float:
        """Bring several studies up to date as far as can be, and return how many seconds to wait."""
        began, new, refused = time.monotonic(), False, None
        before = sum(replay.steps for replay in replays)
        for replay in replays:
            try:
                new |= replay.sync(counted)
            except TrackingBusyError:  # whoever writes now writes the same evidence
                continue
            except TrackingRefusedError as error:  # what was just read is gone, or the server is away
                refused = error
        if refused is not None:
            return self._refused(refused, went_on=sum(replay.steps for replay in replays) > before)
        self._failed, self._told = 0, False
        took = time.monotonic() - began
        rest = max(_TICK_S, _REST_NEW * took) if new else max(self._tick, _REST * took)
        return min(rest, _LONGEST_TICK_S)

    def _refused(self, error: TrackingRefusedError, *, went_on: bool) -> float:
        self._failed = 0 if went_on else self._failed + 1
        if not self._told:
            self._told = True
            self._say(f"note: {in_a_line(error)}; it is tried again")
        return float(min(2**self._failed, _LONGEST_WAIT_S))
