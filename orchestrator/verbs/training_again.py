"""Trains the trials of a cell, and all that they need, again with the code that made them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.advance import has_ended
from orchestrator.engine.missing_gpus import on_cpu, refuse_without_gpus
from orchestrator.engine.observe import Observer, look_ahead
from orchestrator.engine.submit import start_workers
from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.state import State
from orchestrator.messages.errors import NotFoundError, StoppedError, TrialsFailedError
from orchestrator.messages.terminal import say
from orchestrator.places.profile_file import find_profile
from orchestrator.report.reproduction.edges.fresh_folder import (
    empty,
    find_code,
    fresh_folder,
    submit_again,
)
from orchestrator.report.reproduction.only_these import only_these, steps, with_needs
from orchestrator.study.shape import Shape, format_duration
from orchestrator.verbs.driving import drive_to_end
from orchestrator.verbs.lookup import find_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.evidence import Result
    from orchestrator.evidence.state import Seen
    from orchestrator.places.profile import Profile
    from orchestrator.report.edges.study_tables import StudyTable
    from orchestrator.report.reproduction.cell_address import Placed
    from orchestrator.study.study import Study
    from orchestrator.study.trial import Trial
    from orchestrator.verbs.studied import Studied


@dataclass(frozen=True, slots=True, kw_only=True)
class MeantCell:
    """The cell that was typed, with the study that shows it as it is now."""

    study: Studied
    source: StudyTable
    placed: Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class HowAgain:
    """How trials are trained again, as it was typed."""

    words: Sequence[str]
    """Study and cell."""
    cluster: str
    cpu: bool
    anew: bool
    """Whether what an earlier reproduction left is removed."""
    data: Path | None
    """Folder of the datasets; None: where they were."""

    @property
    def command(self) -> str:
        """What was typed, without the options that a hint may add."""
        return shlex.join(["python", "-m", "orchestrator", "reproduce", *self.words])


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedAgain:
    """Trials that have been trained again."""

    folder: Path
    """The run folder."""
    trials: Sequence[Trial]
    results: Mapping[str, Result]


def trained_again(meant: MeantCell, how: HowAgain) -> TrainedAgain | None:
    """Train what is missing of a cell and return all of it; None while a cluster is still at it.

    Raises NotFoundError where the cell has no result or its code is gone, TrialsFailedError where one fails.
    """
    trials = _to_train(meant)
    codes = {trial.id: meant.study.results[trial.id].code for trial in trials}
    snapshots = {code: find_code(meant.study.runs, code, trial) for trial, code in codes.items()}
    folder = fresh_folder(meant.study.runs, meant.study.name, meant.placed.table.id, codes)
    if how.anew:
        empty(folder)
    profile = find_profile(how.cluster)
    ahead: list[str] = []
    began = False
    for step in steps(trials, codes):
        ahead += step.trials
        study = only_these(meant.study.submission.study, [one for one in trials if one.id in ahead])
        study = _placed(study, profile, how)
        seen = look_ahead(folder, study, profile)
        if not _is_done(seen):
            began, seen = True, _train(meant, how, folder, study, snapshots[step.code], seen)
        if not _is_done(seen):
            return None
    if not began:
        say("trained again before; --again removes that, and trains anew")
    found = {trial: one.result for trial, one in seen.evidence.items() if one.result}
    return TrainedAgain(folder=folder.path, trials=trials, results=found)


def _to_train(meant: MeantCell) -> list[Trial]:
    """Return the finished trials of the cell with all that they need; say what is not finished."""
    results, cell = meant.study.results, meant.placed.cell
    finished = [trial for trial in cell.trials if trial in results]
    if not finished:
        counted = f"none of its {len(cell.trials)} trials has a result yet"
        what = counted if cell.trials else "the study has no trial for it"
        raise NotFoundError(
            f"{meant.placed.address} cannot be reproduced: {what}",
            hint=f"go on with: {meant.study.submission.again}" if cell.trials else None,
        )
    if left := len(cell.trials) - len(finished):
        say(f"note: {left} of the {len(cell.trials)} trials of the cell have no result, and are left out")
    trials = with_needs(finished, meant.study.seen.plan.by_id)
    for trial in trials:
        if trial.id not in results:
            raise NotFoundError(
                f"{trial.stage} {trial.axes_text}, which the cell rests on, has no result any more",
                hint=f"go on with: {meant.study.submission.again}",
            )
    _tell_ahead(meant, trials, len(set(finished)))
    return trials


def _tell_ahead(meant: MeantCell, trials: Sequence[Trial], finished: int) -> None:
    """Say what there is to train, and how long that took before."""
    needed = len(trials) - finished
    rest = f" and {needed} needed by {'it' if finished == 1 else 'them'}" if needed else ""
    took = format_duration(sum(meant.study.seen.evidence[trial.id].seconds for trial in trials))
    say(f"{meant.placed.address}: {finished} trial{'s' * (finished != 1)}{rest}, which took {took} in all")


def _placed(study: Study, profile: Profile, how: HowAgain) -> Study:
    """Return the study as its place can train it."""
    study = on_cpu(study) if how.cpu else study
    return study.with_shapes(Shape.anywhere) if profile.here else study


def _train(meant: MeantCell, how: HowAgain, folder: RunFolder, study: Study, code: Path, seen: Seen) -> Seen:
    """Train what is missing of a study with a snapshot; on a cluster it is queued."""
    profile, before = find_profile(how.cluster), meant.study.submission
    refuse_without_gpus(study, seen, profile, how.command)
    data = str(find_data(how.data)) if how.data else before.data
    submission = submit_again(folder, before, study, code, profile=profile, data=data)
    say(f"training with code {code.name} in {folder.path}")
    if profile.here:
        drive_to_end(folder, submission)
    else:
        advanced = start_workers(folder, study.name)
        say(f"{len(advanced.started)} workers queued on {profile.name}, {advanced.live} live")
        say(f"next: python -m orchestrator watch {study.name} --runs {shlex.quote(str(folder.path))}")
        say("    then type the same again, which compares")
    seen = Observer(folder, submission).look()
    _check(folder, seen)
    return seen


def _check(folder: RunFolder, seen: Seen) -> None:
    """Raise TrialsFailedError where a trial failed, StoppedError where somebody stopped the training."""
    failed = [trial for trial in seen.plan.by_id.values() if seen.states[trial.id] is State.FAILED]
    where = f"--runs {shlex.quote(str(folder.path))}"
    if failed:
        found = diagnose(seen.evidence[failed[0].id])
        raise TrialsFailedError(
            f"{failed[0].stage} {failed[0].axes_text} failed when it was trained again: "
            f"{found.kind}: {found.message}",
            hint=f"python -m orchestrator why {failed[0].id[:8]} {where}\n"
            f"    once the cause is mended: python -m orchestrator retry {seen.plan.study} {where}",
        )
    if not _is_done(seen) and has_ended(folder, seen):
        raise StoppedError("it was stopped before all was trained again", hint="type the same again")


def _is_done(seen: Seen) -> bool:
    return all(state is State.DONE for state in seen.states.values())
