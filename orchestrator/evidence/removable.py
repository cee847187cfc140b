"""What nobody needs any more of what a study has left in the run folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from orchestrator.evidence.state import State
from orchestrator.study.study_file import Kept

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Study

CODE = "code"
KINDS = (*get_args(Kept), CODE)
"""What may be removed: of finished trials what `keep:` can name, and snapshots of code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A folder that may be removed, if nobody needs it."""

    kind: str
    path: str
    """From the run folder on."""
    owner: str
    """The trial or the snapshot that it belongs to."""
    stage: str = ""
    newest: int = 0
    """The number of the trial's newest attempt."""
    gone: bool = False
    """Whether it is only half there, of a copy or a removal that was killed."""
    size: int = 0
    """Bytes on the disk that become free."""


def finished(studies: Sequence[tuple[Study, Seen]]) -> dict[str, frozenset[str]]:
    """Return the trials that are DONE and that nobody is at, each with what stays of it.

    Studies share trials: one stage of any of them that keeps something is enough, and so is one study that
    sees an attempt of which nobody knows that it is over.
    """
    kept: dict[str, frozenset[str]] = {}
    busy: set[str] = set()
    for study, seen in studies:
        keep = {stage.name: frozenset(stage.keep) for stage in study.stages}
        for trial in seen.plan.trials:
            alive = any(attempt.alive for attempt in seen.evidence[trial.id].attempts)
            if alive or seen.states[trial.id] is not State.DONE:
                busy.add(trial.id)
            kept[trial.id] = kept.get(trial.id, frozenset()) | keep[trial.stage]
    return {trial: kinds for trial, kinds in kept.items() if trial not in busy}


def removable(
    found: Iterable[Leftover], kept: Mapping[str, frozenset[str]], named: Collection[str]
) -> list[Leftover]:
    """Return what of that which was found nobody needs.

    That is: what is half gone already; of `finished` trials what none of their stages keeps; and code that
    is not `named` by anything. What a trial that is not finished leaves is there to go on from, and to be
    looked at.
    """
    return [
        one
        for one in found
        if one.gone
        or (one.kind == CODE and one.owner not in named)
        or (one.kind != CODE and one.owner in kept and one.kind not in kept[one.owner])
    ]
