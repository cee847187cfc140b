"""Ask a search for its next answer."""

from __future__ import annotations

import random
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.engine.edges.cmaes_memory import noted
from orchestrator.engine.edges.optuna_space import asked_of, labelled
from orchestrator.engine.edges.optuna_study import study_of
from orchestrator.messages.errors import UserError
from orchestrator.study.searches.constraint_checks import meets
from orchestrator.study.searches.tree import at_random, tree_of
from orchestrator.study.trial import digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import optuna

    from orchestrator.engine.told import Told
    from orchestrator.study.searches.search import Search

_TRIES = 20
"""So often a sampler is asked for an answer that meets the constraints, before one is drawn at random."""
_RANDOM_TRIES = 200_000
_REMEMBERING = frozenset({"cmaes", "nsga2"})
"""Samplers that look for what they noted with earlier answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An answer of a search."""

    params: dict[str, Any]
    """What is chosen, by the names of the space."""
    attrs: dict[str, Any] = field(default_factory=dict)
    """What the sampler noted with it: it is to be given back with the answer."""


def suggest(
    search: Search, seed: int, told: Sequence[Told], number: int, fixed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the parameters of answer `number`: a function of its arguments alone."""
    return draw(search, seed, told, number, fixed).params


def draw(
    search: Search,
    seed: int,
    told: Sequence[Told],
    number: int,
    fixed: Mapping[str, Any] | None = None,
    *,
    key: str = "",
) -> Drawn:
    """Return answer `number`: a function of its arguments alone; `fixed` are parameters beside the searched.

    By the `key` of the search Hyperband parts its trials. An answer that does not meet the constraints is
    drawn again, and at random where the sampler does not come up with another one.
    """
    point = search.enqueue[number - 1] if number <= len(search.enqueue) else {}
    refused: list[dict[str, Any]] = []
    for try_ in range(_TRIES):
        found = _drawn(search, study_of(search, seed, told, number, try_, key=key), told, point)
        if meets(search, fixed or {}, found.params):
            return found
        if found.params in refused:
            break
        refused.append(found.params)
    return _at_random(search, seed, number, point, fixed or {})


def _drawn(search: Search, study: optuna.Study, told: Sequence[Told], point: Mapping[str, Any]) -> Drawn:
    tree = tree_of(search.space)
    if point:
        study.enqueue_trial(labelled(tree, point))
    with warnings.catch_warnings(action="ignore"):  # of sequences that are not asked for 2, 4, 8, ... points
        trial = study.ask()
        params = asked_of(trial, tree)
    if search.sampler_name not in _REMEMBERING:
        return Drawn(params=params)
    attrs = study.trials[trial.number].system_attrs
    attrs.pop("fixed_params", None)
    return Drawn(params=params, attrs=noted(attrs, told))


def _at_random(
    search: Search, seed: int, number: int, point: Mapping[str, Any], fixed: Mapping[str, Any]
) -> Drawn:
    tree = tree_of(search.space)
    generator = random.Random(digest(["at random", seed, number, search.seed]))
    for _ in range(_RANDOM_TRIES):
        params = at_random(tree, generator, point)
        if meets(search, fixed, params):
            return Drawn(params=params)
    raise UserError(
        f"none of {_RANDOM_TRIES:,} points drawn at random meets the constraints of the search",
        "loosen `constraints:`, or narrow `space:` to where they hold",
    )
