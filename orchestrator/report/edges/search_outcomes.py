"""Searches out of a look at a study: what came of each answer, and which parameters mattered."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

from orchestrator.engine.told import all_that_came
from orchestrator.report.searches.outcome import SearchResults, ShownAnswer
from orchestrator.study.searches.tree import every

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.engine.told import Told
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.searches.opening import Answer, Opening
    from orchestrator.study.searches.search import Search

_LEAST = 10
"""Finished answers; of fewer nothing can be said about importance."""


def search_results(
    submission: Submission, seen: Seen, opening: Opening, logs: RunFolder | None = None
) -> SearchResults:
    """Return a search as far as it has got; with `logs` what its trials have logged too."""
    stage = submission.study.stage(opening.stage)
    told = {one.number: one for one in all_that_came(opening, seen)}
    answers = [answer for answer in opening.answers if answer.number in told]
    metric, gpus = opening.search.watched, stage.shape_of(opening.point).all_gpus
    return SearchResults(
        stage=opening.stage,
        key=opening.key,
        axes=opening.point.axes,
        objectives=opening.search.objectives,
        space=_space(opening.search),
        planned=len(opening.answers) + opening.remaining,
        asked=len(opening.answers),
        outcomes=tuple(
            _outcome(answer, told[answer.number], seen, gpus, _logged(answer, logs, metric))
            for answer in answers
        ),
    )


def _space(search: Search) -> dict[str, Any]:
    """Return name -> what it is searched in, but for names that several branches search in other ways."""
    choices = every(search.space)
    counts = Counter(one.name for one in choices)
    return {one.name: one.values for one in choices if counts[one.name] == 1}


def _logged(answer: Answer, logs: RunFolder | None, metric: str) -> list[dict[int, float]]:
    """Return step -> value of a metric, for each trial of an answer."""
    if logs is None:
        return []
    steps = [logs.trial(trial).metrics() for trial in answer.trials]
    return [{step: one[metric] for step, one in own.items() if metric in one} for own in steps]


def _outcome(
    answer: Answer, told: Told, seen: Seen, gpus: int, logged: list[dict[int, float]]
) -> ShownAnswer:
    return ShownAnswer(
        number=answer.number,
        params=answer.params,
        state=told.state,
        values=told.values,
        trials=tuple(trial.id for trial in answer.trials),
        curve=tuple(logged[0].items()) if logged else (),
        steps=sum(map(len, logged)),
        seconds=sum(seen.evidence[trial.id].seconds for trial in answer.trials),
        gpus=gpus,
    )


def importances(opening: Opening, seen: Seen, objective: int = 0) -> Mapping[str, float]:
    """Return how much of reaching the best values each parameter decides, the largest first.

    They sum up to 1, and are the same each time; nothing where too little is finished.
    """
    told = all_that_came(opening, seen)
    count = sum(one.state == "complete" for one in told)
    if count < _LEAST or len({one.values[objective] for one in told if one.values}) < 2:
        return {}
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    from orchestrator.engine.edges.optuna_study import study_of

    study = study_of(opening.search, opening.point.seed, told, 1)
    key = opening.search.objectives[objective].key
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it takes the least for the best, as `key` has it
        found = get_param_importances(
            study,
            evaluator=PedAnovaImportanceEvaluator(target_quantile=max(0.1, 5 / count)),
            target=lambda trial: key(trial.values[objective]),
        )
    return {name: float(found[name]) for name in sorted(found, key=lambda name: -found[name])}
