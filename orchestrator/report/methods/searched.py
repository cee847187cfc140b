"""How parameters were searched for, and with what budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.report.methods.methods_section import MethodsSection, counted, spoken
from orchestrator.report.searches.budget import budget_used
from orchestrator.report.searches.outcome import best_outcomes
from orchestrator.report.trial_forms import brief_text
from orchestrator.study.shape import format_duration
from orchestrator.study.trial import axes_text, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.searches.outcome import SearchResults
    from orchestrator.study.searches.search import Search
    from orchestrator.study.study import Study


def searches(study: Study, results: Sequence[SearchResults]) -> MethodsSection:
    """Return each search: what was chosen, how, for what, and what it used."""
    items = []
    for stage in study.stages:
        if stage.search is None:
            continue
        used = [one for one in results if one.stage == stage.name]
        items.append((f"`{stage.name}`", " ".join([_asked(stage.search), *map(_used, used)])))
    return MethodsSection(title="Searches", items=tuple(items))


def _asked(search: Search) -> str:
    space = "; ".join(_choice(name, value) for name, value in _written(search, "space").items())
    goals = " and ".join(f"{goal.direction} `{goal.metric}`" for goal in search.objectives)
    options = ", ".join(f"{key} {quoted(value)}" for key, value in search.sampler_options.items())
    told = [
        f"sampler {search.sampler_name}{f' ({options})' if options else ''}, to {goals}, over {space}",
        f"asked for {counted(search.trials or 0, 'answer')}",
    ]
    if search.seeds:
        told.append(f"each tried with {counted(len(search.seeds), 'seed')}")
    if search.constraints:
        told.append(f"subject to {' and '.join(search.constraints)}")
    if search.pruner:
        told.append(f"ended early by {quoted(search.pruner.model_dump(mode='json', exclude_defaults=True))}")
    ending = {
        key: value for key in ("timeout", "target", "patience") if (value := getattr(search, key)) is not None
    }
    told += [f"{key} {quoted(value)}" for key, value in ending.items()]
    return "; ".join(told) + "."


def _written(search: Search, key: str) -> dict[str, Any]:
    found: dict[str, Any] = search.model_dump(mode="json", exclude_defaults=True)[key]
    return found


def _choice(name: str, value: Any) -> str:
    """Return what may be chosen for a parameter, in words, and what is chosen only with one value of it."""
    if isinstance(value, list):
        return f"{spoken(name)} one of {', '.join(map(quoted, value))}"
    if isinstance(value, dict) and {"low", "high"} <= value.keys():
        rest = ", ".join(f"{key} {quoted(part)}" for key, part in value.items() if key not in {"low", "high"})
        return f"{spoken(name)} from {value['low']} to {value['high']}{f' ({rest})' if rest else ''}"
    return f"{spoken(name)} one of {', '.join(_branch(*branch) for branch in value['branches'])}"


def _branch(value: Any, space: dict[str, Any] | None) -> str:
    inner = ", ".join(_choice(name, choice) for name, choice in (space or {}).items())
    return f"{quoted(value)}{f' (with {inner})' if inner else ''}"


def _used(results: SearchResults) -> str:
    used = budget_used(results)
    point = f"At {axes_text(results.axes)}: " if results.axes else ""
    outcome = f"{used.finished} finished, {used.pruned} ended early, {used.failed} failed"
    gpus = f", {used.gpu_seconds / 3600:.1f} GPU-hours" if used.gpu_seconds else ""
    took = f"{counted(used.answers, 'answer')} ({outcome}), {format_duration(used.seconds)}{gpus}"
    return f"{point}{took}.{_best(results)}"


def _best(results: SearchResults) -> str:
    """Return the parameters of the best answer and what they gave; nothing where there is no single best."""
    if len(results.objectives) != 1 or not (found := best_outcomes(results)):
        return ""
    chosen = ", ".join(f"{spoken(name)} {brief_text(value)}" for name, value in found[0].params.items())
    return f" Best: {chosen} (`{results.objectives[0].metric}` {brief_text(found[0].values[0])})."
