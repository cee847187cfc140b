"""That a search asks no more though it has not given all its answers: a record, so that all agree on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from orchestrator.study.trial import Stored, digest

if TYPE_CHECKING:
    from orchestrator.study.searches.search import Search


ENDING = ("timeout", "target", "patience")
"""Keys of a search by which it may ask no more before it gave all its answers."""


class SearchEnd(Stored):
    """Why a search asks no more, as the first program wrote down that saw it."""

    reason: Literal["timeout", "target", "patience"]
    answers: int
    """Those given until then; one that was drawn by who did not know of the end yet does not count."""
    trial: str = ""
    """Id of the first trial of the answer that decided it, or that is still the best; empty for none."""
    values: tuple[float, ...] = ()
    """What that answer came to."""
    time: float = 0.0


def end_name(search: Search) -> str:
    """Return the name of a search's end: with other limits it may go on."""
    return "end-" + digest([getattr(search, key) for key in ENDING])[:12]
