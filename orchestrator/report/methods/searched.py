"""How parameters were searched for, and with what budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.methods.methods_section import MethodsSection, counted, spoken
from orchestrator.report.searches.budget import budget_used
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
    space = "; ".join(
        f"{spoken(name)} in {quoted(value)}"
        for name, value in search.model_dump(mode="json", exclude_defaults=True)["space"].items()
    )
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


def _used(results: SearchResults) -> str:
    used = budget_used(results)
    point = f"At {axes_text(results.axes)}: " if results.axes else ""
    outcome = f"{used.finished} finished, {used.pruned} ended early, {used.failed} failed"
    gpus = f", {used.gpu_seconds / 3600:.1f} GPU-hours" if used.gpu_seconds else ""
    return f"{point}{counted(used.answers, 'answer')} ({outcome}), {format_duration(used.seconds)}{gpus}."
