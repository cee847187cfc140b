"""What went wrong on the way: failures, interruptions, trials that were ended early or left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.state import State
from orchestrator.report.methods.methods_section import MethodsSection, counted

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen

_WELL = {"done", "pruned"}
_LEFT_OUT = {
    State.SKIPPED: "for lack of data or weights",
    State.BLOCKED: "because something that they rest on is not there",
    State.CANCELLED: "cancelled by hand",
    State.PRUNED: "ended early by a search's pruner",
    State.PAUSED: "held back after others of their stage had failed alike",
}


def mishaps(seen: Seen) -> MethodsSection:
    """Return what did not go as planned; that nothing of the kind happened is said, too."""
    known = seen.evidence.values()
    ended = Counter(one.kind for evidence in known for one in evidence.attempts if not one.alive)
    bad = {kind: count for kind, count in ended.most_common() if kind not in _WELL}
    repeated = sum(len(evidence.attempts) > 1 and evidence.result is not None for evidence in known)
    failed = [trial for trial in seen.plan.by_id if seen.states[trial] is State.FAILED]
    items = []
    if bad:
        told = ", ".join(f"{kind.replace('_', ' ')} ({count})" for kind, count in bad.items())
        items.append(("attempts that did not reach the end", f"{told}, of {sum(ended.values())} in all"))
    if repeated:
        items.append(("results that took several attempts", f"{repeated}, gone on with from checkpoints"))
    if failed:
        kinds = Counter(diagnose(seen.evidence[trial]).kind.replace("_", " ") for trial in failed)
        told = ", ".join(f"{kind} ({count})" for kind, count in kinds.most_common())
        items.append((f"{counted(len(failed), 'trial')} without a result", f"failed: {told}"))
    counts = seen.count()
    items += [
        (f"{counted(counts[state], 'trial')} without a result", why)
        for state, why in _LEFT_OUT.items()
        if counts.get(state)
    ]
    nothing = "No attempt failed or was interrupted, and no trial was left out."
    return MethodsSection(
        title="Failures and interruptions", paragraphs=() if items else (nothing,), items=tuple(items)
    )
