"""What a sampler cannot do, and what it draws at random though it learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.messages.problems import listed
from orchestrator.study.searches.space import Range
from orchestrator.study.searches.tree import every

if TYPE_CHECKING:
    from orchestrator.messages.problems import Keys, Problems
    from orchestrator.study.searches.search import Search

_NUMBERS_ALONE = frozenset({"cmaes"})
_ONE_OBJECTIVE = frozenset({"cmaes"})
_NO_BRANCHES = frozenset({"cmaes", "gp", "nsga2"})
"""Samplers that learn only about what every answer has."""


def check_sampler(search: Search, keys: Keys, problems: Problems) -> None:
    """Note a sampler that would learn nothing at all."""
    if search.sampler_name in _ONE_OBJECTIVE and len(search.objectives) > 1:
        message = (
            f"`{search.sampler_name}` searches for one objective, and there are {len(search.objectives)}"
        )
        problems.add((*keys, "sampler"), message, "take `tpe`, `nsga2` or `gp`")
    known = [one for one in every(search.space) if isinstance(one.values, Range) and not one.where]
    if search.sampler_name in _NUMBERS_ALONE and not known:
        message = f"`{search.sampler_name}` knows ranges of numbers alone, and answers need not have any here"
        problems.add((*keys, "sampler"), message, "take `tpe`, or search a range outside of branches")


def doubt_sampler(search: Search, keys: Keys, warnings: Problems) -> None:
    """Note what a sampler that learns draws at random."""
    name, choices = search.sampler_name, every(search.space)
    lists = [one.name for one in choices if not isinstance(one.values, Range)]
    inside = [one.name for one in choices if one.where]
    alone = [*(lists if name in _NUMBERS_ALONE else ()), *(inside if name in _NO_BRANCHES else ())]
    if alone:
        kinds = "lists and branches" if name in _NUMBERS_ALONE else "branches"
        warnings.add(
            (*keys, "sampler"),
            f"`{name}` learns nothing about {kinds}, and draws at random: {listed(dict.fromkeys(alone))}",
            "take `tpe` where they matter",
        )
