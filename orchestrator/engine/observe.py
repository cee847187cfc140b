"""Look at a study: read the evidence, expand the plan as far as it goes, judge every trial."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import Attempt, Claim, Evidence
from orchestrator.evidence.state import Seen, judge, own_state
from orchestrator.evidence.submission import Submission
from orchestrator.files.record_file import read_stored
from orchestrator.messages.errors import InternalEvidenceError, NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.places.table import all_places, place_of_job
from orchestrator.study.plan import Known, expand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
    from orchestrator.places.profile import Profile
    from orchestrator.study.plan import Opening, Plan
    from orchestrator.study.study import Study
    from orchestrator.study.trial import Trial


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
    """Reads the run folder again and again, and what cannot change any more only once."""

    def __init__(self, runs: RunFolder, submission: Submission) -> None:
        self.runs = runs
        self.submission = submission
        self._done: dict[str, Evidence] = {}
        self._known = Known()
        self._plan = expand(submission.study, self._known)
        self._places = all_places(submission.profile)

    def look(self) -> Seen:
        """Return the plan so far with the state of each trial."""
        self._places = all_places(self.submission.profile)
        while True:
            plan = self._plan
            evidence = {identity: self._evidence(trial) for identity, trial in plan.by_id.items()}
            learnt = self._learn(plan, evidence)
            if learnt == self._known:
                return judge(replace(plan, openings=self._stopped(plan.openings)), evidence)
            self._known, self._plan = learnt, expand(self.submission.study, learnt)

    def _stopped(self, openings: Sequence[Opening]) -> tuple[Opening, ...]:
        """Return the openings; a search that is cancelled or skipped asks no more."""
        study = self.submission.study.name
        return tuple(
            replace(opening, remaining=0)
            if opening.point.missing or cancel_mark(self.runs, study, opening.key).exists()
            else opening
            for opening in openings
        )

    def _learn(self, plan: Plan, evidence: Mapping[str, Evidence]) -> Known:
        """Return what expansion may use: answers of searches, and results that a `best` need compares."""
        compared = {edge.stage for stage in self.submission.study.stages for edge in stage.needs if edge.best}
        trials = [trial for trial in plan.trials if trial.stage in compared]
        return Known(
            asked={opening.key: self.runs.asked(opening.key) for opening in plan.openings},
            results={
                trial.id: result.metrics
                for trial in trials
                if (result := evidence[trial.id].result) is not None
            },
            ended=frozenset(trial.id for trial in trials if own_state(evidence[trial.id]).ended),
        )

    def _evidence(self, trial: Trial) -> Evidence:
        if trial.id in self._done:
            return self._done[trial.id]
        folder = self.runs.trial(trial)
        cancelled = cancel_mark(self.runs, self.submission.study.name, trial.id).exists()
        attempts: tuple[Attempt, ...] = ()
        try:
            # In the reverse order of writing: of an attempt that was seen to be over, the result is seen too.
            attempts = tuple(self._attempt(folder, number) for number in folder.numbers())
            evidence = Evidence(result=folder.read_result(), attempts=attempts, cancelled=cancelled)
        except InternalEvidenceError as error:  # the other trials go on
            return Evidence(attempts=attempts, cancelled=cancelled, damage=str(error))
        if evidence.result is not None:
            self._done[trial.id] = evidence
        return evidence

    def _attempt(self, folder: TrialFolder, number: int) -> Attempt:
        path = folder.attempt(number)
        claim, ended = folder.read_claim(number), folder.read_exit(number)
        alive = ended is None and self._alive(path, claim)
        if ended is None and not alive:
            ended = folder.read_exit(number)  # written by a worker that was just ending
        if ended is not None and ended.outcome == "done":
            return Attempt(number=number, claim=claim, exit=ended, alive=False)
        return Attempt(
            number=number,
            claim=claim,
            exit=ended,
            alive=alive,
            loss=folder.read_loss(number) if ended is None and not alive else None,
            stop=folder.read_stop(number),
            saved=folder.furthest(number, "saves.jsonl"),
            logged=folder.furthest(number, "metrics.jsonl"),
            forgiven=(path / "forgiven").exists(),
        )

    def _alive(self, path: Path, claim: Claim | None) -> bool:
        lease = self.submission.profile.lease
        if claim is None:
            return _age(path) < lease
        fresh = (
            min(_age(path / "heartbeat"), _age(path / "claim.json")) < lease
        )  # the heart begins to beat after the claim
        place = place_of_job(claim.job, self._places)
        if place.queue_program:  # a question is dear, and without an answer nothing is lost
            return fresh or place.is_alive(claim.job) is not False
        here = place.is_alive(claim.job)
        return fresh if here is None else here


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")


def cancel_mark(runs: RunFolder, study: str, key: str) -> Path:
    """Return the file whose presence cancels a trial (by its id) or a search (by its key) in a study."""
    return runs.study(study) / "cancelled" / key
