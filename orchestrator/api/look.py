"""One look at a study that was submitted, and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from orchestrator.api.given import plain_value
from orchestrator.api.status import Status
from orchestrator.api.trial_handle import TrialHandle
from orchestrator.engine.advance import is_over, waiting_for_room
from orchestrator.engine.broken_gpus import gpu_notes
from orchestrator.engine.observe import Observer, read_submission
from orchestrator.engine.stop_mark import read_stop
from orchestrator.engine.unwatched import unwatched_notes
from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.messages.problems import brief
from orchestrator.messages.terminal import say
from orchestrator.report.edges.best_found import stage_best
from orchestrator.report.edges.declared_table import declared_table
from orchestrator.report.edges.newest_reports import newest_reports
from orchestrator.report.report import gather, gather_all
from orchestrator.report.searches.best_table import best_rows
from orchestrator.study.matrix import is_among
from orchestrator.study.objective import Best
from orchestrator.verbs.show import notes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.report.selection import Material
    from orchestrator.report.table import Table
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Some trials of a study, and what was seen of them."""

    seen: Seen
    material: Material
    """Every stage with those of its trials that were chosen."""

    def handles(self, runs: RunFolder) -> list[TrialHandle]:
        """Return each trial with its files."""
        trials = [one.trial for group in self.material.stages.values() for one in group]
        return [_handle(trial, self.seen, runs) for trial in trials]


def named(given: str | Sequence[str]) -> list[str]:
    """Return several names, also where one alone is given."""
    return [given] if isinstance(given, str) else list(given)


def values_of(where: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return axis -> value or values, as the study file would say them."""
    return {axis: plain_value(value, axis) for axis, value in (where or {}).items()}


def status_of(runs: RunFolder, name: str) -> Status:
    """Return how many trials are in which state, and what a reader should know."""
    submission = read_submission(runs, name)
    seen = Observer(runs, submission).look()
    told = [*notes(submission, seen), *gpu_notes(runs, submission, seen), *unwatched_notes(runs, seen)]
    waiting, why_not = waiting_for_room(runs, submission, seen)
    if waiting:
        told.append(f"{waiting} workers wait for room in the queue: {why_not}")
    over = is_over(seen)
    if not over and (stop := read_stop(runs, name)):
        told.append(f"stopped by {stop.by}; go on with submit(), or: {submission.again}")
    return Status(
        study=name,
        states={str(state): count for state, count in sorted(seen.count().items())},
        undecided=sum(seen.plan.undecided.values()),
        over=over,
        notes=tuple(told),
    )


def material_of(runs: RunFolder, name: str) -> tuple[Submission, Material]:
    """Return what was submitted, and the trials that tables are made of."""
    submission = read_submission(runs, name)
    return submission, gather_all(runs, submission, Observer(runs, submission).look())


def declared(identity: str, submission: Submission, material: Material) -> Table:
    """Return a table of the report files as they are now; NotFoundError where none declares it."""
    return declared_table(identity, newest_reports(submission, say), material)


def best_frame(
    runs: RunFolder, name: str, stage: str, *, minimize: str | None, maximize: str | None
) -> pd.DataFrame:
    """Return what is best of a stage, a line for each point of the axes around its search."""
    import pandas as pd

    if minimize and maximize:
        raise UserError("`minimize` and `maximize` are two directions", hint="give one of them")
    asked = Best(minimize=minimize, maximize=maximize) if minimize or maximize else None
    submission = read_submission(runs, name)
    found = stage_best(submission, Observer(runs, submission).look(), stage, asked)
    for note in found.notes:
        say(note)
    columns, rows = best_rows(found)
    return pd.DataFrame(rows, columns=columns)


def chosen(runs: RunFolder, name: str, where: Mapping[str, Any] | None, stage: str | None) -> Chosen:
    """Return the trials with these values of axes; NotFoundError for an axis or a stage that is not there."""
    submission = read_submission(runs, name)
    seen = Observer(runs, submission).look()
    material, wanted = gather(submission, seen), values_of(where)
    material.check_axes(wanted)
    stages = [material.stage(stage)] if stage else list(material.stages)
    kept = {
        key: [one for one in group if key in stages and _has(one.trial, wanted)]
        for key, group in material.stages.items()
    }
    return Chosen(seen=seen, material=replace(material, stages=kept))


def one_trial(runs: RunFolder, name: str, beginning: str) -> TrialHandle:
    """Return the one trial of a study whose id begins so; the name of its folder will do too."""
    seen = Observer(runs, read_submission(runs, name)).look()
    beginning = beginning.rpartition("-")[2]
    found = [trial for key, trial in seen.plan.by_id.items() if beginning and key.startswith(beginning)]
    if len(found) > 1:
        ids = ", ".join(trial.id for trial in found[:5])
        raise UserError(f"`{beginning}` begins the ids {ids}", hint="write more of the one you mean")
    if not found:
        hint = "see ids with: [trial.id for trial in study.trials()]"
        raise NotFoundError(f"`{name}` has no trial `{brief(beginning)}`", hint=hint)
    return _handle(found[0], seen, runs)


def _handle(trial: Trial, seen: Seen, runs: RunFolder) -> TrialHandle:
    return TrialHandle(trial, seen.evidence[trial.id], seen.states[trial.id], runs.trial(trial))


def _has(trial: Trial, wanted: Mapping[str, Any]) -> bool:
    return all(axis in trial.axes and is_among(trial.axes[axis], value) for axis, value in wanted.items())
