"""Searches whose pruner ends nothing, since no trial logs what it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evidence.state import State
from orchestrator.files.line_file import logged, read_lines
from orchestrator.messages.problems import listed, nearest

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
    from orchestrator.evidence.state import Seen


def unwatched_notes(runs: RunFolder, seen: Seen) -> list[str]:
    """Return for each such stage what its first finished trial logged, and what to write."""
    notes: dict[str, str] = {}
    for opening in seen.plan.openings:
        pruner = opening.search.pruner
        done = next((trial for trial in opening.trials if seen.states[trial.id] is State.DONE), None)
        if pruner is None or done is None or opening.stage in notes:
            continue
        names, watched = _logged(runs.trial(done)), opening.search.watched
        if watched not in names:
            like = nearest(watched, names, "")
            notes[opening.stage] = (
                f"the pruner `{pruner.name}` of {opening.stage} ends nothing: it looks at `{watched}`, and "
                f"trial {done.id[:8]} logged {listed(names) or 'nothing'}{'; ' * bool(like)}{like}\n"
                "    name another in the pruner's `metric:` or let the task log this; then submit again"
            )
    return list(notes.values())


def _logged(folder: TrialFolder) -> list[str]:
    """Return the names of the metrics that a trial logged."""
    names: dict[str, None] = {}
    for number in folder.numbers():
        for line in read_lines(folder.attempt(number) / "metrics.jsonl"):
            if found := logged(line):
                names |= dict.fromkeys(found[1])
    return list(names)
