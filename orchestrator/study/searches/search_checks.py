"""What the keys of a search say of each other and of their stage, and whether they can mean it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import Keys, Problems, brief, listed
from orchestrator.study.parameters import check
from orchestrator.study.searches.search_end import ENDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.study.objective import Objective
    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.searches.search import Search
    from orchestrator.study.study_file import StageEntry

_MOST_SEEDS = 10_000
_OF_ASKING = ("seeds", "rounds", *ENDING)
"""Keys that a grid has no use for: its points are all known."""


def read_seeds(given: Any) -> Any:
    """Return the list of seeds that a number of them, or a list, means."""
    if given is None:
        return None
    if isinstance(given, list | tuple):
        whole = [seed for seed in given if isinstance(seed, int) and not isinstance(seed, bool) and seed >= 0]
        if given and len(set(whole)) == len(given):
            return given
        raise ValueError(f"`{brief(given)}`: a list of seeds has whole numbers from 0 on, each once")
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= _MOST_SEEDS:
        return list(range(given))
    raise ValueError(f"`{brief(given)}`: write how many seeds, as `3`, or a list of them, as `[0, 1, 2]`")


def read_objective(given: Any) -> Any:
    """Return one objective without its list: the search is the same one."""
    return given[0] if isinstance(given, list | tuple) and len(given) == 1 else given


def check_objectives(objectives: Sequence[Objective]) -> None:
    """Raise ValueError where two objectives are one metric."""
    metrics = [objective.metric for objective in objectives]
    if twice := [metric for metric in dict.fromkeys(metrics) if metrics.count(metric) > 1]:
        raise ValueError(f"{listed(twice)} is an objective twice; leave one of them out")


def check_end(search: Search) -> None:
    """Raise ValueError for what cannot end a search."""
    if search.is_grid:
        given = [key for key in _OF_ASKING if getattr(search, key) is not None]
        if given:
            how = "; for several seeds name an axis `seed` in `over:`" if "seeds" in given else ""
            raise ValueError(f"a grid tries all its points at once: leave {listed(given)} out{how}")
    if search.target is None:
        return
    if not math.isfinite(search.target):
        raise ValueError(f"`target` must be a finite number, not {search.target}")
    check_one_objective(search.objectives, "target")


def check_one_objective(objectives: Sequence[Objective], key: str) -> None:
    """Raise ValueError where a key that compares one number stands beside several objectives."""
    if len(objectives) > 1:
        raise ValueError(f"a {key} is for one objective, and there are {len(objectives)}; leave `{key}` out")


def check_search(entry: StageEntry, task: TaskDescription | None, keys: Keys, problems: Problems) -> None:
    """Note keys of a search that its stage, its task, or another key of it leaves no room for."""
    search = entry.search
    if search is None:
        return
    if search.seeds is not None and "seed" in entry.over:
        problems.add(
            (*keys, "search", "seeds"),
            "the stage is over `seed`, so each seed has a search of its own",
            "leave `seed` out of `over:` to try each answer with several seeds, or `seeds` out here",
        )
    if task is not None and "seed" in task.model.model_fields:
        for index, seed in enumerate((search.seeds or ())[1:], 1):  # the first is the point's own
            for mistake in check(task, {"seed": seed})[1]:
                if mistake.keys[:1] == ("seed",):
                    problems.add((*keys, "search", "seeds", index), mistake.message, mistake.hint)


def doubt_search(entry: StageEntry, keys: Keys, warnings: Problems) -> None:
    """Note keys of a search that change nothing beside another one."""
    search = entry.search
    if search is not None and search.rounds is not None and "parallel" in search.model_fields_set:
        warnings.add(
            (*keys, "search", "parallel"),
            "a round is drawn and tried as a whole, so `parallel` changes nothing",
            f"leave it out, or write `rounds: {search.parallel}`; `workers:` in the shape limits the workers",
        )
