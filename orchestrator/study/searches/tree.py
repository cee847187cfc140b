"""A search space as the tree that it is: what is chosen where, and where that stands among the parameters."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.study.command import TASK
from orchestrator.study.matrix import comparable
from orchestrator.study.searches.space import Branches, Range, Space

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from orchestrator.messages.problems import Keys

Where = tuple[tuple[str, Any], ...]
"""Names of branch points with the values below which something is searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One parameter that is chosen, at one place of the tree."""

    name: str
    """The parameter: `lr`, or `opt.lr` for part `lr` of parameter `opt`."""
    values: list[Any] | Range
    """Of a branch point the values that have branches."""
    keys: Keys
    """Where it stands below `space`."""
    where: Where = ()
    """With which values alone it is searched."""
    label: str = ""
    """Its name where names have to differ: several branches may have a parameter of the same name."""
    below: Mapping[Any, Sequence[Choice]] = field(default_factory=dict)
    """Value of a branch point, made comparable -> what is chosen only with it."""


Tree = tuple[Choice, ...]


def tree_of(space: Space) -> Tree:
    """Return a space as choices, in the order in which they are written."""
    counts = Counter(one.name for one in _every(_grown(space, (), (), Counter())))
    return _grown(space, (), (), counts)


def _grown(space: Space, keys: Keys, where: Where, counts: Mapping[str, int]) -> Tree:
    found = []
    for name, parts in space.items():
        label = name
        if counts.get(name, 0) > 1:
            label = " ".join([name, *(f"{above}={value}" for above, value in where)])
        place = (*keys, name)
        if not isinstance(parts, Branches):
            found.append(Choice(name=name, values=parts, keys=place, where=where, label=label))
            continue
        below = {
            comparable(value): _grown(inner, (*place, str(value)), (*where, (name, value)), counts)
            for value, inner in parts.spaces.items()
        }
        found.append(
            Choice(name=name, values=[*parts.spaces], keys=place, where=where, label=label, below=below)
        )
    return tuple(found)


def _every(tree: Sequence[Choice]) -> Iterator[Choice]:
    for one in tree:
        yield one
        for branch in one.below.values():
            yield from _every(branch)


def every(space: Space) -> list[Choice]:
    """Return all choices of a space, those above a branch before those in it."""
    return list(_every(tree_of(space)))


def names_of(space: Space) -> tuple[str, ...]:
    """Return all names of a space, each once."""
    return tuple(dict.fromkeys(one.name for one in every(space)))


class NotChosenError(Exception):
    """Nothing was chosen for a parameter: what goes with its values is not chosen either."""


def active(tree: Sequence[Choice], choose: Callable[[Choice], Any]) -> dict[str, Any]:
    """Return what is chosen by name, asking down the branches of the chosen values alone.

    `choose` may raise NotChosenError, which leaves the parameter out.
    """
    found: dict[str, Any] = {}
    for one in tree:
        try:
            found[one.name] = choose(one)
        except NotChosenError:
            continue
        found |= active(one.below.get(comparable(found[one.name]), ()) if one.below else (), choose)
    return found


def chosen_in(space: Space, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a search has chosen of a trial's parameters, by the names of its space."""

    def read(choice: Choice) -> Any:
        if not has(params, choice.name):
            raise NotChosenError
        return at(params, choice.name)

    return active(tree_of(space), read)


def has(params: Mapping[str, Any], name: str) -> bool:
    """Say whether parameters have one of this name, or that part of one."""
    head, _, rest = name.partition(".")
    return name in params or bool(rest and isinstance(params.get(head), dict) and has(params[head], rest))


def at(params: Mapping[str, Any], name: str) -> Any:
    """Return the parameter of this name, or that part of one: `opt.lr` is part `lr` of `opt`."""
    head, _, rest = name.partition(".")
    return params[name] if name in params or not rest else at(params[head], rest)


def laid(task: str, params: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with what was chosen laid over them, each at its place.

    A command has no parts of parameters: what it calls `opt.lr` is a parameter of that name.
    """
    found = dict(params)
    for name, value in chosen.items():
        _lay(found, [name] if task == TASK else name.split("."), value)
    return found


def _lay(params: dict[str, Any], parts: Sequence[str], value: Any) -> None:
    head, *rest = parts
    if rest:
        inside = params.get(head)
        params[head] = dict(inside) if isinstance(inside, dict) else {}
        _lay(params[head], rest, value)
    else:
        params[head] = value


def without(params: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return parameters without the one of this name, or without that part of one."""
    head, _, rest = name.partition(".")
    if name in params or not rest:
        return {key: value for key, value in params.items() if key != name}
    if not isinstance(params.get(head), dict):
        return dict(params)
    return {**params, head: without(params[head], rest)}


def examples_of(space: Space) -> list[dict[str, Any]]:
    """Return allowed choices of a space, together so many that each branch is in one of them."""
    tree, found = tree_of(space), list[dict[str, Any]]()
    wanted: list[Where] = [(), *dict.fromkeys(_branches(tree))]
    for where in wanted:
        aims = dict(where)
        example = active(tree, lambda one, aims=aims: aims.get(one.name, first(one.values)))  # type: ignore[misc]
        if example not in found:
            found.append(example)
    return found


def _branches(tree: Sequence[Choice]) -> Iterator[Where]:
    for one in _every(tree):
        yield from ((*one.where, (one.name, value)) for value in (one.values if one.below else ()))


def first(values: list[Any] | Range) -> Any:
    """Return an allowed value."""
    return values.low if isinstance(values, Range) else values[0]


def product(tree: Sequence[Choice]) -> Iterator[dict[str, Any]]:
    """Give every combination of a space of lists."""
    columns = [list(_alone(one)) for one in tree]
    for parts in itertools.product(*columns):
        yield {name: value for part in parts for name, value in part.items()}


def _alone(one: Choice) -> Iterator[dict[str, Any]]:
    assert not isinstance(one.values, Range)
    for value in one.values:
        yield from ({one.name: value, **rest} for rest in product(one.below.get(comparable(value), ())))


def size(tree: Sequence[Choice]) -> int:
    """Return how many combinations a space of lists has."""
    counts = []
    for one in tree:
        assert not isinstance(one.values, Range)
        counts.append(sum(size(one.below.get(comparable(value), ())) for value in one.values))
    return math.prod(counts)


def at_random(
    tree: Sequence[Choice], generator: random.Random, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a point of a space that is drawn evenly, but for what is given."""
    known = given or {}

    def choose(one: Choice) -> Any:
        return known[one.name] if one.name in known else _drawn(one.values, generator)

    return active(tree, choose)


def _drawn(values: list[Any] | Range, generator: random.Random) -> Any:
    if not isinstance(values, Range):
        return generator.choice(values)
    low, high, step = values.low, values.high, values.step
    if values.log:
        found = math.exp(generator.uniform(math.log(low), math.log(high)))
        return round(found) if isinstance(low, int) and isinstance(high, int) else min(max(found, low), high)
    if isinstance(low, int) and isinstance(high, int):
        return generator.randrange(low, high + 1, int(step or 1))
    if step is None:
        return generator.uniform(low, high)
    return min(low + generator.randint(0, int((high - low) / step + 1e-9)) * step, high)


def wrong_in(space: Space) -> str | None:
    """Return what is wrong with the names of a space: two that may be chosen together and are one place."""
    return _met_twice(tree_of(space), ())


def _met_twice(tree: Sequence[Choice], above: Sequence[str]) -> str | None:
    """Return what to say of a name that is searched twice at once; `above` are those searched beside."""
    inside = [{deep.name for branch in one.below.values() for deep in _every(branch)} for one in tree]
    for place, one in enumerate(tree):
        beside = [*above, *(other.name for other in tree[:place])]
        beside += [name for other, names in enumerate(inside) if other != place for name in sorted(names)]
        if twin := next((name for name in beside if overlap(name, one.name)), None):
            if twin == one.name:
                return f"`{one.name}` is searched twice at once: rename one, or put each into a branch"
            return f"`{twin}` and `{one.name}` are searched at once, and one is a part of the other"
        for branch in one.below.values():
            if wrong := _met_twice(branch, [*beside, one.name, *_names(tree[place + 1 :])]):
                return wrong
    return None


def _names(tree: Sequence[Choice]) -> list[str]:
    return [one.name for one in tree]


def overlap(name: str, other: str) -> bool:
    """Say whether two names are one place among the parameters, or one lies in the other."""
    return name == other or name.startswith(f"{other}.") or other.startswith(f"{name}.")
