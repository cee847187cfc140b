"""Look at a study: read the evidence, expand the plan as far as it goes, judge every trial."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.evidence.edges.journal import Entry, Journal, Journals
from orchestrator.evidence.edges.witness import Witness, result_sign
from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.judge import Judge
from orchestrator.evidence.submission import Submission
from orchestrator.files.record_file import read_stored
from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.study.plan import Expansion, Known
from orchestrator.study.searches.search_end import end_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from orchestrator.evidence.edges.journal import Sign
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.places.profile import Profile
    from orchestrator.study.searches.opening import Opening
    from orchestrator.study.searches.search_end import SearchEnd
    from orchestrator.study.study import Study
    from orchestrator.study.trial import Trial

_REST = 20
"""So many times as long as asking what was begun took passes before it is asked again."""
_LONG_REST = 100
"""Likewise for what was not begun: who tries to begin it finds out by that."""
_WORTH_WRITING = 50
"""So many finished trials that no journal tells of are written down by whoever had to read them."""
_NOTHING = Evidence()


def read_submission(runs: RunFolder, name: str) -> Submission:
    """Return the newest submission of a study.

    Raises NotFoundError when it was never submitted.
    """
    file = runs.study(name) / "study.json"
    # A network file system was seen to miss a file at the moment when another one is renamed over it.
    submission = read_stored(file, Submission) or read_stored(file, Submission)
    if submission is None:
        known = sorted(file.parent.name for file in (runs.path / "studies").glob("*/study.json"))
        raise NotFoundError(
            f"no study `{name}` in {runs.path}; "
            + (f"known are {', '.join(known)}" if known else "it is empty"),
            hint=nearest(
                name, known, "submit it first, or name the run folder with --runs or ORCHESTRATOR_RUNS"
            ),
        )
    return submission


class Newest:
    """The newest submission of a study, read again only when it was replaced."""

    def __init__(self, runs: RunFolder, name: str) -> None:
        self._runs, self._name = runs, name
        self._sign = self._signed()
        self.submission = read_submission(runs, name)

    def replaced(self) -> bool:
        """Say whether another submission is there than the one read last."""
        return self._signed() != self._sign

    def read_again(self) -> Submission:
        """Read and return the submission that is there now."""
        self._sign = self._signed()
        self.submission = read_submission(self._runs, self._name)
        return self.submission

    def _signed(self) -> tuple[int, int] | None:
        """Return what tells one file in this place from the next; each is renamed into it."""
        try:
            found = (self._runs.study(self._name) / "study.json").stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns


def look_ahead(runs: RunFolder, study: Study, profile: Profile) -> Seen:
    """Return what the run folder says of a study that need not be submitted."""
    return Observer(runs, Submission(study=study, code="", data="", profile=profile, given="")).look()


class Observer:
    """Looks at a study again and again; a look costs what has changed since the last one.

    Journals say what ended. What nobody writes down, as that a worker is lost, or what another study does
    with a trial that both have, is found by asking the folders of all unfinished trials, which is done as
    often as it may take a small part of the time.
    """

    def __init__(self, runs: RunFolder, submission: Submission) -> None:
        self.runs = runs
        self.submission = submission
        study = submission.study
        self._journal = Journal(runs.study(study.name))
        self._journals = Journals(runs.study(study.name), self._journal)
        self._told: dict[str, dict[Sign, Evidence]] = {}
        """Trial -> what journals say of its result, by the file that it was read from."""
        self._untold: list[Entry] = []
        """Finished trials of which no journal told."""
        self._doubted: set[str] = set()
        """Trials to ask when it is looked next."""
        self._cancelled: frozenset[str] = frozenset()
        self._evidence: dict[str, Evidence] = {}
        self._open: dict[str, Trial] = {}
        """Trials that have no result yet, or an attempt that is not over."""
        self._changed: set[str] = set()
        """Trials of which something was learnt since the last look."""
        self._due = self._due_to_begin = 0.0
        """When all trials that were begun, and those that were not, are asked again."""
        self._known = Known()
        edges = [edge for stage in study.stages for edge in stage.needs]
        self._compared = {edge.stage for edge in edges if edge.best or edge.require}
        """Stages of which results decide what others need."""
        self._counted = {edge.stage for edge in edges if edge.require}
        """Those of which it counts too that a trial waits in vain."""
        self._expansion = Expansion(study)
        self._plan = self._expansion.expand(self._known)
        self._judge: Judge | None = None
        self._witness = Witness(submission.profile)

    def look(self) -> Seen:
        """Return the plan so far with the state of each trial."""
        self._witness = Witness(self.submission.profile)
        self._listen()
        changed = self._changed | self._look_at_marks() | self._ask_again()
        self._changed = set()
        while True:
            self._meet()
            if self._judge is None:
                self._judge, changed = Judge(self._plan), set(self._plan.by_id)
            self._judge.hear({identity: self._evidence[identity] for identity in changed})
            learnt = self._learn(changed, self._judge)
            if learnt == self._known:
                break
            self._known, changed = learnt, set()
            plan = self._expansion.expand(learnt)
            if plan != self._plan:
                self._plan, self._judge = plan, None
                self._forget_others()
        self._write_down()
        return self._without_stopped(self._judge.seen())

    def doubt(self, trial: Trial) -> None:
        """Look at a trial next time, whatever was seen of it."""
        self._doubted.add(trial.id)

    def tell(self, trial: Trial) -> None:
        """Write down for the other programs that an attempt at a trial has ended here."""
        if trial.id in self._open:
            self._evidence[trial.id] = self._read(trial)
            self._changed.add(trial.id)
            if trial.id in self._open:
                self._untold.append(Entry(trial=trial.id))
        self._journal.write(self._untold)
        self._untold = []

    def _listen(self) -> None:
        """Take in what the journals tell that is new."""
        for entry in self._journals.news():
            self._doubted.add(entry.trial)
            if entry.sign is not None and entry.evidence is not None:
                self._told.setdefault(entry.trial, {})[entry.sign] = entry.evidence

    def _look_at_marks(self) -> set[str]:
        """See which trials are cancelled; return those of which that was not so before, or is no more."""
        before, self._cancelled = self._cancelled, self.runs.cancelled(self.submission.study.name)
        changed = set(before ^ self._cancelled) & self._open.keys()
        for identity in changed:
            cancelled = identity in self._cancelled
            self._evidence[identity] = replace(self._evidence[identity], cancelled=cancelled)
        return changed

    def _ask_again(self) -> set[str]:
        """Read what there is of trials that may have changed: those named, and from time to time all."""
        named, self._doubted, began = self._doubted & self._open.keys(), set(), time.monotonic()
        if began < self._due:
            return self._ask(named) | self._ask_whether_begun()
        changed = self._ask(named | {one for one in self._open if self._evidence[one].attempts})
        now = time.monotonic()
        self._due = now + _REST * (now - began)
        return changed | self._ask_whether_begun()

    def _ask_whether_begun(self) -> set[str]:
        """Read, from time to time, what there is of trials that nobody had begun."""
        began = time.monotonic()
        if began < self._due_to_begin:
            return set()
        there = self.runs.there([one for one in self._open.values() if not self._evidence[one.id].attempts])
        self._due_to_begin = time.monotonic() + _LONG_REST * (time.monotonic() - began)
        return self._ask(there)

    def _ask(self, identities: Iterable[str]) -> set[str]:
        """Read what there is of some trials; return those of which it is another."""
        changed = set[str]()
        for identity in identities:
            evidence = self._read(self._open[identity])
            if evidence != self._evidence[identity]:
                self._evidence[identity] = evidence
                changed.add(identity)
        return changed

    def _meet(self) -> None:
        """Read what there is of trials that are new in the plan."""
        new = [trial for trial in self._plan.by_id.values() if trial.id not in self._evidence]
        there = self.runs.there(new)
        for trial in new:
            self._open[trial.id] = trial
            if trial.id in there:
                self._evidence[trial.id] = self._read(trial)
            elif trial.id in self._cancelled:
                self._evidence[trial.id] = replace(_NOTHING, cancelled=True)
            else:
                self._evidence[trial.id] = _NOTHING

    def _forget_others(self) -> None:
        """Forget trials that are in the plan no more, as nobody knows any longer what is best."""
        ids = self._plan.by_id
        self._open = {identity: ids[identity] for identity in self._open if identity in ids}
        self._evidence = {identity: one for identity, one in self._evidence.items() if identity in ids}

    def _read(self, trial: Trial) -> Evidence:
        """Return what there is of a trial; of a finished one what journals tell, if that is still so."""
        folder, told = self.runs.trial(trial), self._told.pop(trial.id, {})
        sign = result_sign(folder)
        evidence = told.get(sign) if sign is not None else None
        if evidence is None:
            evidence = self._witness.read(folder, cancelled=trial.id in self._cancelled)
            if evidence.over:
                self._untold.append(_entry(trial, sign, evidence))
        if evidence.over:
            del self._open[trial.id]
        return evidence

    def _learn(self, changed: Iterable[str], judge: Judge) -> Known:
        """Return what expansion may use: answers of searches, and results that needs compare or count."""
        known, openings = self._known, self._plan.openings
        asked = {one.key: self.runs.asked(one.key, known.asked.get(one.key, ())) for one in openings}
        ends = {(one.key, end_name(one.search)): end for one in openings if (end := self._end_of(one))}
        compared = [trial for trial in self._plan.trials if trial.stage in self._compared]
        counted = {trial.id for trial in compared if trial.stage in self._counted}
        heard = set(changed)  # that a trial waits in vain may follow from any other one
        if compared and heard and (counted or not heard.isdisjoint(trial.id for trial in compared)):
            found = {trial.id: self._evidence[trial.id] for trial in compared}
            results = {identity: one.result.metrics for identity, one in found.items() if one.result}
            ended = frozenset(identity for identity, one in found.items() if judge.own(identity, one).ended)
            settled = frozenset(identity for identity in counted if judge.state(identity).ended)
            return Known(asked=asked, ends=ends, results=results, ended=ended, settled=settled)
        return replace(known, asked=asked, ends=ends)

    def _end_of(self, opening: Opening) -> SearchEnd | None:
        """Return why a search asks no more, where somebody has written that down."""
        if not opening.search.ends_early:
            return None
        return opening.end or self.runs.end(opening.key, opening.search)

    def _write_down(self) -> None:
        """Spare others reading what nobody had written down, if that was much."""
        if len(self._untold) >= _WORTH_WRITING and self.runs.study(self.submission.study.name).is_dir():
            self._journal.write(self._untold)
            self._untold = []

    def _without_stopped(self, seen: Seen) -> Seen:
        """Return what is seen; a search that is cancelled or skipped asks no more."""
        openings = tuple(map(self._unless_stopped, seen.plan.openings))
        if openings == seen.plan.openings:
            return seen
        return replace(seen, plan=replace(seen.plan, openings=openings))

    def _unless_stopped(self, opening: Opening) -> Opening:
        stopped = opening.point.missing or opening.key in self._cancelled
        return replace(opening, remaining=0) if stopped else opening


def _entry(trial: Trial, sign: Sign | None, evidence: Evidence) -> Entry:
    if sign is None or evidence.result is None or evidence.damage:
        return Entry(trial=trial.id)
    return Entry(trial=trial.id, sign=sign, evidence=replace(evidence, cancelled=False))


def cancel_mark(runs: RunFolder, study: str, key: str) -> Path:
    """Return the file whose presence cancels a trial (by its id) or a search (by its key) in a study."""
    return runs.study(study) / "cancelled" / key
