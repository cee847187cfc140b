"""Optuna's sampler for one answer of a search: made again for each, with a seed made of its number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.study.searches.edges.optuna_options import made
from orchestrator.study.searches.tree import every
from orchestrator.study.trial import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import optuna

    from orchestrator.study.searches.search import Search

_OURS: Mapping[str, Mapping[str, Any]] = {
    "random": {},
    "tpe": {"multivariate": True, "constant_liar": True},
    "gp": {"warn_independent_sampling": False},
    "cmaes": {"warn_independent_sampling": False},
    "nsga2": {},
    "qmc": {"scramble": True},
}
"""What we give a sampler where the study file does not."""


def sampler_of(
    search: Search, seed: int, number: int, try_: int = 0, *, at_once: bool = False
) -> optuna.samplers.BaseSampler:
    """Return the sampler that draws an answer, or draws it again; `at_once` it waits for no results."""
    name, options = search.sampler_name, search.sampler_options
    if name == "qmc":
        from orchestrator.engine.edges.qmc_sequence import sequence_at

        return sequence_at(search, _seed(search, [seed]), number, {**_OURS[name], **options})
    ours = dict(_OURS[name])
    if name == "tpe" and _has_branches(search) and options.get("multivariate", True):
        ours["group"] = True  # else all that stands in branches is drawn by itself
    if at_once:
        options = {**options, "n_startup_trials": 1}
    content = [seed, number, *([f"try {try_}"] if try_ else [])]
    sampler: optuna.samplers.BaseSampler = made("sampler", name, options, seed=_seed(search, content), **ours)
    return sampler


def _seed(search: Search, content: list[Any]) -> int:
    own = [] if search.seed is None else [f"seed {search.seed}"]
    return int(digest([*content, *own])[:8], 16)


def _has_branches(search: Search) -> bool:
    return any(one.below for one in every(search.space))
