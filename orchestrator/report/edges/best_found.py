"""The best trials of a stage out of a look at a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evidence.objective import results
from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.messages.problems import listed
from orchestrator.report.edges.search_outcomes import search_results
from orchestrator.report.searches.best_trials import (
    Compared,
    StageBest,
    best_of_groups,
    best_of_searches,
    compared,
    needed_best,
)
from orchestrator.study.names import stages_called

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.objective import Best
    from orchestrator.study.study import Study


def stage_best(submission: Submission, seen: Seen, name: str, asked: Best | None = None) -> StageBest:
    """Return what is best of a stage: by its search, by what needs its best, or by what is asked.

    Raises UserError where nothing says what is best, NotFoundError for a stage that is not there and where
    nothing has a value yet.
    """
    stage = one_stage(submission.study, name)
    openings = [opening for opening in seen.plan.openings if opening.stage == stage]
    if openings and asked is None:
        found = best_of_searches(
            [search_results(submission, seen, opening) for opening in openings], seen.plan.by_id
        )
    else:
        searched = [
            Compared(
                axes=opening.point.axes,
                trials=opening.trials,
                params={trial.id: answer.params for answer in opening.answers for trial in answer.trials},
            )
            for opening in openings
        ]
        trials = seen.plan.of(stage)
        best = asked or needed_best(submission.study, stage) or _unsaid(submission.study, stage, seen)
        groups = searched or compared(submission.study, stage, trials)
        found = best_of_groups(stage, groups, best, results(trials, seen), _so_far(stage, seen))
    if not found.found:
        raise _nothing(found, seen)
    return found


def _so_far(stage: str, seen: Seen) -> list[str]:
    """Return how far a stage has got; nothing once it is over."""
    trials = seen.plan.of(stage)
    ended = sum(seen.states[trial.id].ended for trial in trials)
    count = len(trials) + seen.plan.undecided.get(stage, 0)
    return [f"So far, of {stage}: {ended} of {count} trials have ended."] * (ended < count)


def one_stage(study: Study, name: str) -> str:
    """Return the stage that is meant by a name, with or without its prefix; UserError where it is none."""
    stages = [stage.name for stage in study.stages]
    found = stages_called(name, stages)
    if len(found) > 1:
        raise UserError(f"`{name}` is a part of the study, with {listed(found)}", hint="name one of them")
    return found[0]


def _unsaid(study: Study, stage: str, seen: Seen) -> Best:
    """Raise UserError: nothing says what is best of a stage."""
    if study.stage(stage).search is not None:
        raise NotFoundError(
            f"the search of `{stage}` has not begun: what it needs is not done",
            hint=f"see how far it is: python -m orchestrator status {study.name}",
        )
    given = [metrics for metrics in results(seen.plan.of(stage), seen).values() if metrics]
    metric = next(iter(given[0]), "METRIC") if given else "METRIC"
    raise UserError(
        f"nothing says which trial of `{stage}` is best: it has no search, and no stage needs its best",
        hint=f"add `--minimize {metric}` or `--maximize {metric}`"
        + (f"; there are {listed(given[0])}" if given else ""),
    )


def _nothing(found: StageBest, seen: Seen) -> NotFoundError:
    """Return the error where no trial can be the best."""
    metrics = [objective.metric for objective in found.objectives]
    known = results(seen.plan.of(found.stage), seen)
    if not known:
        return NotFoundError(
            f"no trial of `{found.stage}` has a result yet",
            hint=f"see how far it is: python -m orchestrator status {seen.plan.study}",
        )
    there = listed(dict.fromkeys(name for one in known.values() for name in one))
    return NotFoundError(
        f"no trial of `{found.stage}` has a finite {listed(metrics)}", hint=f"there are {there or 'none'}"
    )
