"""A quasi-random sequence: each answer is the point at its own place, so nothing has to be remembered."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from optuna.samplers import QMCSampler

from orchestrator.engine.edges.optuna_space import distribution
from orchestrator.study.searches.tree import every

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

    from orchestrator.study.searches.search import Search


class _Sequence(QMCSampler):
    """Optuna's sampler at one place of the sequence, which it would count in the study."""

    def __init__(
        self, place: int, space: Mapping[str, BaseDistribution], seed: int, options: Mapping[str, Any]
    ) -> None:
        super().__init__(seed=seed, **options)
        self._place = place
        self._known = dict(space)

    def infer_relative_search_space(
        self,
        study: Study,  # noqa: ARG002
        trial: FrozenTrial,  # noqa: ARG002
    ) -> dict[str, BaseDistribution]:
        """Return the whole space: what stands in a branch that is not taken is drawn and not asked for."""
        return self._known

    def _find_sample_id(self, study: Study, search_space: dict[str, BaseDistribution]) -> int:  # noqa: ARG002
        return self._place


def sequence_at(search: Search, seed: int, number: int, options: Mapping[str, Any]) -> QMCSampler:
    """Return a sampler whose next point is that of answer `number`, from 1 on."""
    found = {one.label: distribution(one.values) for one in every(search.space)}
    space = {label: one for label, one in found.items() if not one.single()}
    with warnings.catch_warnings(action="ignore"):  # it calls itself experimental
        return _Sequence(number - 1, space, seed, options)
