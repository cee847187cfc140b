"""A study file in which a search is replaced by what it has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.report.searches.best_trials import BestTrial, StageBest
    from orchestrator.study.trial import Trial

_LONGEST_NAME = 80
"""Of a study."""
_CHOOSES = ("search", "over", "zip", "exclude", "sample", "include")
"""Keys of a stage that say which trials it has."""


def study_of_best(data: Mapping[str, Any], found: StageBest) -> dict[str, Any]:
    """Return a study whose stage trains the best trials alone; `data` is the file as it was submitted.

    It has another name, so that the search and what it found stay what they are.
    """
    stage = found.stage
    stages = {name: dict(entry) for name, entry in data["stages"].items()}
    handed_on = [
        need
        for entry in stages.values()
        for need in _needs(entry).values()
        if isinstance(need, dict) and need.get("stage") == stage and ("best" in need or "all" in need)
    ]
    stages[stage] = _chosen(stages[stage], found, listed=bool(handed_on))
    for entry in stages.values():
        if needs := _needs(entry):
            entry["needs"] = {name: _directed(need, found) for name, need in needs.items()}
    name = f"{str(data['study'])[: _LONGEST_NAME - 5]}-best"
    others = {key: value for key, value in data.items() if key not in ("study", "stages") and value != {}}
    return {"study": name, **others, "stages": stages}


def _needs(entry: Mapping[str, Any]) -> dict[str, Any]:
    needs = entry.get("needs")
    return needs if isinstance(needs, dict) else {}


def _chosen(entry: Mapping[str, Any], found: StageBest, *, listed: bool) -> dict[str, Any]:
    """Return the stage with what was found instead of what chose it.

    One trial at the only point has it under `params`. Several are listed as points, and so is one whose
    parameters other stages are handed.
    """
    trials = [
        (_point(trial, several=len(one.trials) > 1), _values(one, trial))
        for one in found.found
        for trial in one.trials
    ]
    params = dict(entry.get("params") or {})
    if found.searched and found.points == 1 and len(trials) == 1 and not listed:
        rest = {key: value for key, value in entry.items() if key not in ("search", "params")}
        return {**rest, "params": {**params, **trials[0][1]}}
    points = [{**point, **values} for point, values in trials]
    rest = {key: value for key, value in entry.items() if key not in (*_CHOOSES, "params")}
    own = {name: value for name, value in params.items() if not any(name in point for point in points)}
    return {**rest, **({"params": own} if own else {}), "include": points}


def _values(one: BestTrial, trial: Trial) -> dict[str, Any]:
    """Return what was chosen as the trial was given it: of a nested name the whole parameter."""
    names = dict.fromkeys(name if name in trial.params else name.partition(".")[0] for name in one.params)
    return {name: trial.params[name] for name in names if name in trial.params and name not in trial.axes}


def _point(trial: Trial, *, several: bool) -> dict[str, Any]:
    seed = {"seed": trial.seed} if several or trial.seed else {}
    return {**seed, **trial.axes} if "seed" not in trial.axes else dict(trial.axes)


def _directed(need: Any, found: StageBest) -> Any:
    """Return a need that says by itself what is best: without the search nobody else does."""
    if not isinstance(need, dict) or need.get("stage") != found.stage:
        return need
    directions = {one.metric: one.model_dump(include={"minimize", "maximize"}) for one in found.objectives}
    metric = need.get("best")
    if not isinstance(metric, str) or metric not in directions:
        return need
    given = {way: name for way, name in directions[metric].items() if name is not None}
    seeds = any(len({trial.seed for trial in one.trials}) > 1 for one in found.found)
    return {**need, "best": {**given, **({"mean": ["seed"]} if seeds else {})}}
