"""Ask a search for its next answer, in a program of its own; ahead of need while a trial is at work.

A sampler computes, and may import torch to do so: a worker that had done that could fork no runner any more
(threads that compute are not there after a fork), and its heart would not beat meanwhile.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import sys
import traceback
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from orchestrator.engine.demand import held_back, open_answers, shape_of
from orchestrator.engine.edges.guard import let_go_of_guard
from orchestrator.engine.edges.suggest import Drawn, draw
from orchestrator.engine.runner import STOP_SIGNALS
from orchestrator.engine.start_runner import die_with_parent
from orchestrator.engine.told import ended_before, what_came_of, with_drawn
from orchestrator.messages.errors import SearchError
from orchestrator.messages.terminal import stamp
from orchestrator.study.searches.opening import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.engine.observe import Observer
    from orchestrator.engine.told import History
    from orchestrator.engine.worker import Worker
    from orchestrator.evidence.state import Seen
    from orchestrator.study.searches.opening import Opening

_POLL_S = 0.5
_SOON_S = 0.1
"""A trial that has ended by then was too short to ask ahead meanwhile."""
_AHEAD = 1
"""So many more unfinished trials than `parallel` a search may have, for whoever is free next."""


def ask(worker: Worker, opening: Opening, seen: Seen, count: int) -> None:
    """Have the search's next answer written, unless somebody else has just done so.

    Raises SearchError when it gives none.
    """
    _import_optuna()
    if not Asking(worker, partial(_publish, worker, opening, seen, count)).went_well():
        raise SearchError(
            f"search `{opening.stage}` gave no answer number {len(opening.answers) + 1}",
            hint="the worker's log says above what the sampler said",
        )


class AskAhead:
    """Asks a search while a trial is at work, so that whoever is free next finds a trial that is ready."""

    def __init__(self, worker: Worker, observer: Observer, seen: Seen) -> None:
        self._worker, self._observer = worker, observer
        self._asking: Asking | None = None
        self._due = any(may_be_ahead(opening) for opening in seen.plan.openings)
        if self._due:  # not while the trial is at work: a slow file system would keep the heart from beating
            _import_optuna()

    @property
    def pause_s(self) -> float:
        """How long to wait before it goes on."""
        return _SOON_S if self._due else _POLL_S

    def go_on(self) -> None:
        """Begin, or see whether an answer is there; nothing that fails here may end the trial at work."""
        if self._due:
            self._due = False
            try:
                self._asking = Asking(self._worker, self._ask)
            except OSError as error:
                stamp(f"no search is asked ahead of need: {error}")
        elif self._asking is not None and self._asking.has_ended():
            self.finish()

    def finish(self) -> None:
        """Wait for an answer that is not there yet: it is wanted now."""
        if self._asking is not None and not self._asking.went_well():
            stamp("a search gave no answer ahead of need, see above; it is asked again when one is wanted")
        self._asking = None

    def _ask(self) -> None:
        """Look in the other program: what fails in a look must not end the trial either."""
        seen = self._observer.look()
        if opening := to_ask_ahead(self._worker, seen):
            _publish(self._worker, opening, seen, _AHEAD)


def may_be_ahead(opening: Opening) -> bool:
    """Say whether answers of a search may be drawn before they are wanted.

    Who allows one unfinished trial wants one after the other; a search that learns nothing has its answers
    drawn by the hundred, one with rounds together, and of one that may end early all that is drawn is tried.
    """
    search = opening.search
    several = search.parallel > 1 and search.rounds is None and not search.ends_early
    return bool(opening.remaining) and search.learns and several


def to_ask_ahead(worker: Worker, seen: Seen) -> Opening | None:
    """Return the search to ask while a worker is busy; None where a trial that fits it waits already."""
    study, held = worker.submission.study, held_back(seen)
    ready = (
        trial
        for trial in seen.plan.trials
        if seen.states[trial.id].claimable and (trial.stage, trial.id) not in held
    )
    if any(shape_of(study, seen, trial).fits(worker.shape) for trial in ready):
        return None
    for opening in filter(may_be_ahead, seen.plan.openings):
        fits = study.stage(opening.stage).shape_of(opening.point).fits(worker.shape)
        if fits and open_answers(seen, opening, ahead=_AHEAD):
            return opening
    return None


def _import_optuna() -> None:
    """Import it once, and not again in each fork; where that fails, whoever asks says so."""
    with contextlib.suppress(ImportError):
        importlib.import_module("optuna")


def _publish(worker: Worker, opening: Opening, seen: Seen, count: int) -> None:
    histories: Mapping[str, History] = {}
    if opening.search.pruner is not None:
        histories = worker.histories.of(opening.trials, opening.search.watched, seen)
    worker.runs.publish_answer(opening.key, answer(opening, seen, count, histories))


def answer(opening: Opening, seen: Seen, count: int, histories: Mapping[str, History]) -> Asked:
    """Return the search's next answers, at most `count`: one that learns gives one, or a round together."""
    search = opening.search
    together = search.rounds is not None or not search.learns
    told = what_came_of(opening, seen, histories) if search.learns else []
    first = len(opening.answers) + 1
    drawn: list[Drawn] = []
    for number in range(first, first + (count if together else 1)):
        drawn.append(draw(search, opening.point.seed, told, number, opening.point.params, key=opening.key))
        told = with_drawn(told, number, drawn[-1].params, drawn[-1].attrs) if search.learns else told
    attrs = tuple(one.attrs for one in drawn)
    return Asked(
        number=first,
        params=drawn[0].params,
        after=ended_before(opening, seen) if search.learns else (),
        more=tuple(one.params for one in drawn[1:]),
        attrs=attrs[0],
        more_attrs=attrs[1:] if any(attrs[1:]) else (),
    )


class Asking:
    """A program forked from the worker that asks: its answer is a file, unless somebody was faster."""

    def __init__(self, worker: Worker, question: Callable[[], None]) -> None:
        self._worker = worker
        gc.freeze()  # shared pages stay shared
        parent, child = os.getpid(), os.fork()
        if not child:
            _ask_apart(parent, question)
        self._program, self._descriptor = child, os.pidfd_open(child)

    def has_ended(self, within_s: float = 0.0) -> bool:
        """Say whether it has ended, after so long at most."""
        waiting = select.poll()
        waiting.register(self._descriptor, select.POLLIN)
        return bool(waiting.poll(within_s * 1000))

    def went_well(self) -> bool:
        """Wait until it has ended, and say whether it went well; a worker that has to stop ends it."""
        while not self.has_ended(_POLL_S):
            if self._worker.stopping:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._program, signal.SIGKILL)
        os.close(self._descriptor)
        how = os.waitpid(self._program, 0)[1]
        return how == 0 or self._worker.stopping


def _ask_apart(parent: int, question: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # the worker ends it
        let_go_of_guard()
        die_with_parent(parent)
        question()
        code = 0
    except OSError as error:
        stamp(f"error: {error}")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
