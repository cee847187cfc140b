"""Ask a search for its next answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.engine.edges.optuna_space import decoded, distribution
from orchestrator.engine.edges.optuna_study import study_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.engine.told import Told
    from orchestrator.study.search import Search


def suggest(search: Search, seed: int, told: Sequence[Told], number: int, *, key: str = "") -> dict[str, Any]:
    """Return the parameters of answer `number`: a function of its arguments alone."""
    space = {name: distribution(values) for name, values in search.space.items()}
    asked = study_of(search, seed, told, number, key=key).ask(space)
    return {name: decoded(search.space[name], asked.params[name]) for name in search.space}
