"""A search as far as it has got: its name, the answers it gave, the trials that try them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import Field

from orchestrator.study.searches.search_end import ENDING
from orchestrator.study.strict import Strict
from orchestrator.study.trial import digest, needed_content

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.study.needed import Needed
    from orchestrator.study.searches.search import Search
    from orchestrator.study.searches.search_end import SearchEnd
    from orchestrator.study.study import Point, Stage
    from orchestrator.study.trial import Trial


_AT_ONCE = 100
"""So many unfinished trials a search may have whose answers do not depend on results."""


_NOT_IN_KEY = {"trials", "parallel", *ENDING}
"""Keys of a search that change no answer, only how many there are."""


class Asked(Strict):
    """One answer of a search: trial number `number` shall use `params`."""

    number: int
    params: dict[str, Any]
    after: tuple[str, ...] = ()
    """Ids of the trials that had ended when the answer was drawn: its sampler was told of them."""
    more: tuple[dict[str, Any], ...] = Field(default=(), exclude_if=lambda more: not more)
    """Parameters of the answers after this one, which were drawn together with it."""
    attrs: dict[str, Any] = Field(default_factory=dict, exclude_if=lambda attrs: not attrs)
    """What the sampler noted with it, and looks for when it draws later ones."""
    more_attrs: tuple[dict[str, Any], ...] = Field(default=(), exclude_if=lambda more: not more)
    """What it noted with each of those drawn together with it, where it noted anything."""

    def each(self) -> Iterator[Asked]:
        """Yield this answer and those drawn together with it, one by one."""
        noted = (self.attrs, *(self.more_attrs or ({},) * len(self.more)))
        for place, (params, attrs) in enumerate(zip((self.params, *self.more), noted, strict=True)):
            yield Asked(number=self.number + place, params=params, after=self.after, attrs=attrs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of a search with what tries it."""

    number: int
    params: Mapping[str, Any]
    """What the search chose, by the names of its space."""
    after: tuple[str, ...]
    """Ids of the trials that had ended when it was drawn: its sampler was told of them."""
    trials: tuple[Trial, ...]
    """Those that try it: its value is their mean."""
    attrs: Mapping[str, Any] = field(default_factory=dict)
    """What the sampler noted with it."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A search that may still ask."""

    stage: str
    key: str
    """Names the search by its content: two studies with the same search share its answers."""
    point: Point
    needed: Needed
    search: Search
    answers: tuple[Answer, ...]
    """Those that it gave so far, in the order of their numbers."""
    remaining: int
    """How many more answers it may be asked for."""
    end: SearchEnd | None = None
    """Why it asks no more, where that is not because it has given all its answers."""

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        """Those asked for so far, each once: a search may propose the same parameters again."""
        return tuple({trial.id: trial for answer in self.answers for trial in answer.trials}.values())

    @property
    def per_answer(self) -> int:
        """How many trials try one answer."""
        return len(self.search.tried_with)

    @property
    def at_once(self) -> int:
        """At most so many of its trials are at work at once, where it asks in no rounds."""
        return max(self.search.parallel, self.per_answer)

    @property
    def ahead(self) -> int:
        """At most so many unfinished at once when there is a result, where answers depend on none.

        What is drawn is tried, so a search that may end early has no more than it wants at once.
        """
        return 0 if self.search.learns or self.search.ends_early else _AT_ONCE


def search_key(stage: Stage, point: Point, needed: Needed) -> str:
    """Return the name of a search: everything that its answers depend on, but not how many are wanted."""
    assert stage.search is not None
    content = {
        "task": stage.task,
        "version": stage.version,
        "params": point.params,
        "seed": point.seed,
        **needed_content(needed.needs, needed.gathered),
        "search": stage.search.model_dump(mode="json", exclude=_NOT_IN_KEY),
    }
    return digest(content | ({"fresh": stage.fresh} if stage.fresh else {}))
