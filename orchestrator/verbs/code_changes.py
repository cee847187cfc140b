"""What `plan` and `submit` make of code that was changed since results were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.engine.observe import read_submission
from orchestrator.evidence.edges.code_difference import Snapshots
from orchestrator.evidence.other_code import OtherCode, other_code
from orchestrator.evidence.state import State
from orchestrator.messages.errors import InternalEvidenceError, NotFoundError
from orchestrator.messages.terminal import say
from orchestrator.study.command import TASK as COMMAND
from orchestrator.study.fresh import Freshness, freshened
from orchestrator.study.names import stages_called

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.read import Read
    from orchestrator.study.study import Study

_SHOWN_FILES = 3


def fresh_stages(
    runs: RunFolder, study: Study, typed: Freshness, code: Callable[[], str]
) -> Mapping[str, str]:
    """Return each stage that is trained again and the code as of which: as submitted before, and as typed."""
    try:
        before = read_submission(runs, study.name).fresh
    except NotFoundError:
        before = {}
    except InternalEvidenceError as error:  # `submit` writes that file anew
        say(f"note: {error}; what `--fresh` was typed before is forgotten")
        before = {}
    return freshened(study, typed, before, code)


def nothing_fresh(typed: Freshness, seen: Seen, study: Study) -> list[str]:
    """Say of which stages that shall be trained again all trials are done with this very code."""
    names = [stage.name for stage in study.stages]
    again = [stage for name in typed.again for stage in stages_called(name, names)]
    done = [
        stage
        for stage in dict.fromkeys(again)
        if (trials := seen.plan.of(stage))
        and all(seen.states[trial.id] is State.DONE for trial in trials)
        and not seen.plan.undecided.get(stage)
    ]
    return [f"note: {stage} has been trained again with this code already" for stage in done]


def code_notes(runs: RunFolder, submission: Submission, seen: Seen, read: Read) -> list[str]:
    """Say which results come from other code than what is submitted, what differs, and the ways out."""
    snapshots = Snapshots(runs.path)
    alike: dict[str, list[OtherCode]] = {}
    for found in other_code(submission.study, seen, submission.code):
        files = snapshots.differing({*found.codes, submission.code})
        if files is None or files:
            alike.setdefault(_difference(files), []).append(found)
    lines = [
        f"note: results of {_told(stages)} come from other code: {what}" for what, stages in alike.items()
    ]
    stages = [one.stage for found in alike.values() for one in found]
    return [*lines, *_ways_out(stages[0], submission, read)] if stages else []


def _told(stages: Iterable[OtherCode]) -> str:
    return ", ".join(f"{one.stage} ({sum(one.codes.values())} of {one.results})" for one in stages)


def _difference(files: Collection[str] | None) -> str:
    if files is None:
        return "what differs is not known, as a snapshot is gone"
    shown = [*files][:_SHOWN_FILES]
    more = f" and {len(files) - len(shown)} more" if len(files) > len(shown) else ""
    return f"{', '.join(shown)}{more} differ{'s' * (len(files) == 1)}"


def _ways_out(stage: str, submission: Submission, read: Read) -> list[str]:
    task = submission.study.stage(stage).task
    module = read.tasks[task].module
    way = f"raise VERSION in its task's module (`{module}`)"
    if task == COMMAND:
        way = f"say `version: 2` in stage `{stage}`, or one more than it says"
    return [
        "    they count as they are; to train a stage and all that needs it again, beside them:",
        f"        {submission.again} --fresh {stage}",
        f"    or {way}: that holds for every study",
    ]
