"""What stands at the head of the page: how far the study is, what it rests on, what to be careful with."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.report.table import Table

_WELL = (State.DONE, State.PRUNED)
"""How a trial ends that nobody needs to look at."""
_COUNTED = re.compile(r" \(in \d+ of \d+ trials\)\.$")
_SHOWN_FILES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLeft:
    """A stage of which not all trials are done."""

    stage: str
    told: str
    """As `2 of 6 done, 1 failed, 3 waiting`."""
    failures: tuple[str, ...] = ()
    """Why trials failed, each reason once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWarning:
    """Why numbers are to be read with care, and the tables that it is about."""

    text: str
    tables: tuple[tuple[str, str], ...]
    """Id and title of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHead:
    """How far a study is, and what its numbers rest on."""

    done: int
    pruned: int = 0
    """Trials that their search ended early."""
    planned: int
    """Trials of the plan so far."""
    undecided: int = 0
    """Trials that results have still to decide."""
    counts: tuple[tuple[str, int], ...] = ()
    """State in words and how many trials are in it."""
    left: tuple[StageLeft, ...] = ()
    made: str = ""
    """When the report was made."""
    newest: str = ""
    """When the newest result was."""
    codes: tuple[tuple[str, int, str], ...] = ()
    """Hash of the code, how many results it made, and its git commit where one is known."""
    differing: tuple[str, ...] = ()
    """Files in which these differ."""

    @property
    def finished(self) -> bool:
        """Whether every trial is done or was ended early by its search, and none is to come."""
        return self.done + self.pruned == self.planned and not self.undecided and self.planned > 0


def page_head(
    seen: Seen,
    stages: Iterable[str],
    *,
    made: str,
    when: Callable[[float], str],
    commit: Callable[[str], str],
    differing: Callable[[Collection[str]], Sequence[str] | None],
) -> PageHead:
    """Return the head of the page of a study.

    `made` is the moment of the report, `when` turns a Unix time into words, `commit` gives the git commit
    of a code, `differing` the files in which several codes differ, or None where nobody knows.
    """
    counts = seen.count()
    results = [one.result for one in seen.evidence.values() if one.result]
    codes = Counter(result.code for result in results)
    newest = max((result.time for result in results), default=0.0)
    return PageHead(
        done=counts[State.DONE],
        pruned=counts[State.PRUNED],
        planned=counts.total(),
        undecided=sum(seen.plan.undecided.values()),
        counts=tuple((str(state).lower(), counts[state]) for state in State if counts[state]),
        left=tuple(left for stage in stages if (left := _left(stage, seen))),
        made=made,
        newest=when(newest) if newest else "",
        codes=tuple((code, count, commit(code)) for code, count in codes.most_common()),
        differing=tuple(differing(codes) or ()) if len(codes) > 1 else (),
    )


def _left(stage: str, seen: Seen) -> StageLeft | None:
    """Return what is not done of a stage; None where all of it is."""
    trials = seen.plan.of(stage)
    undecided = seen.plan.undecided.get(stage, 0)
    counts = Counter(seen.states[trial.id] for trial in trials)
    if sum(counts[state] for state in _WELL) == len(trials) and not undecided:
        return None
    told = [f"{counts[State.DONE]} of {len(trials)} done"]
    told += [f"{counts[state]} {state.lower()}" for state in State if counts[state] and state != State.DONE]
    told += [f"{undecided} not decided yet"] * bool(undecided)
    failed = [trial.id for trial in trials if seen.states[trial.id] is State.FAILED]
    found = [diagnose(seen.evidence[trial]) for trial in failed]
    reasons = Counter(f"{one.kind}: {_first_line(one.message)}" for one in found)
    failures = tuple(f"{reason} ({count})" for reason, count in reasons.most_common(_SHOWN_FILES))
    return StageLeft(stage=stage, told=", ".join(told), failures=failures)


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")[:200]


def warnings(tables: Iterable[Table]) -> list[PageWarning]:
    """Return each caution of the tables' notes once, the one that is about most tables first.

    Notes that differ only in how many trials they count are one.
    """
    found: dict[str, dict[str, str]] = {}
    for table in tables:
        for note in table.notes:
            if note.kind == "caution" and not note.mark:
                found.setdefault(_COUNTED.sub(".", note.text), {})[table.id] = table.title
    each = [PageWarning(text=text, tables=tuple(named.items())) for text, named in found.items()]
    return sorted(each, key=lambda one: -len(one.tables))
