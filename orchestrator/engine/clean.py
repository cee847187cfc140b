"""Find what nobody needs any more of a study, and remove it; beside workers, a `submit` or another `clean`.

Of a finished trial nothing is read but its result and its artifacts, and DONE is for good: once it was seen,
no worker that looks can begin the trial again. A snapshot of code may be wanted again at any moment, though,
by a `submit` that finds it there. So it loses its name first and the newest submission is read once more;
`submit` writes that down first and then looks whether the snapshot has its name. Whoever comes second sees
the other: either it gets its name back, or `submit` takes it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.engine.observe import Observer, read_submission
from orchestrator.evidence.edges import leftovers
from orchestrator.evidence.removable import CODE, finished, removable
from orchestrator.messages.errors import InternalEvidenceError
from orchestrator.places.job_log import JobLog
from orchestrator.places.table import place_of_launch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
    from orchestrator.evidence.removable import Leftover
    from orchestrator.evidence.state import Seen
    from orchestrator.places.job_log import Launch
    from orchestrator.places.profile import Profile
    from orchestrator.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleanable:
    """What of a study can be removed."""

    leftovers: tuple[Leftover, ...]
    """In the order of the study, each with its stage and size."""
    damage: str = ""
    """Why no code is among them, though there may be some."""


def find_removable(runs: RunFolder, name: str, kinds: Collection[str]) -> Cleanable:
    """Return what nobody needs of a study, of these kinds.

    Raises InternalEvidenceError where another study of the run folder cannot be read: it may keep something.
    """
    found: list[Leftover] = []
    kept: dict[str, frozenset[str]] = {}
    named, damage = set[str](), ""
    if set(kinds) - {CODE}:
        studies = _look_at_all(runs, name)
        kept, found = finished(studies), _left_by_trials(runs, studies[0][1])
    if CODE in kinds:
        try:
            named = _named_now(runs, name) | _named_by_trials(runs)
            found += leftovers.left_by_submissions(runs, name)
        except InternalEvidenceError as error:  # who knows which code it names
            damage = str(error)
    wanted = [one for one in removable(found, kept, named) if one.kind in kinds]
    measured = (replace(one, size=leftovers.disk_use(runs.path / one.path)) for one in wanted)
    return Cleanable(leftovers=tuple(measured), damage=damage)


def _left_by_trials(runs: RunFolder, seen: Seen) -> list[Leftover]:
    """Return what the trials of a study have left, each with its stage."""
    found: list[Leftover] = []
    for trial in seen.plan.by_id.values():
        attempts = seen.evidence[trial.id].attempts
        newest = attempts[-1].number if attempts else 0
        left = leftovers.left_by_trial(runs, runs.trial(trial), newest)
        found += (replace(one, stage=trial.stage) for one in left)
    return found


def _look_at_all(runs: RunFolder, name: str) -> list[tuple[Study, Seen]]:
    """Return every study of the run folder with what is seen of it, the named one first."""
    others = {file.parent.name for file in (runs.path / "studies").glob("*/study.json")} - {name}
    submissions = [read_submission(runs, study) for study in (name, *sorted(others))]
    return [(submission.study, Observer(runs, submission).look()) for submission in submissions]


def _named_now(runs: RunFolder, name: str) -> set[str]:
    """Return the code of the newest submission, and that of every launch of which something may live."""
    submission = read_submission(runs, name)
    launches = JobLog(runs.study(name)).launches()
    of_living = {one.intent.code for one in launches if one.intent and _may_live(one, submission.profile)}
    return {submission.code, *of_living}


def _may_live(launch: Launch, profile: Profile) -> bool:
    """Say whether a launch may come to something still, or one of its jobs may live.

    Who has said goodbye may look after its study for a while; where nobody can tell, goodbye was the end.
    """
    place = place_of_launch(launch, profile)
    alive = {job: place.is_alive(job) for job in launch.jobs}
    unknown = {job for job, lives in alive.items() if lives is None}
    return launch.open or any(alive.values()) or bool(unknown and unknown - launch.ended())


def _named_by_trials(runs: RunFolder) -> set[str]:
    """Return the code of all results of the run folder, and of all attempts at trials that have none.

    It is asked for after the launches: what a worker that has ended by then wrote is seen.
    """
    return {code for folder in runs.find() for code in _named_by(folder)}


def _named_by(folder: TrialFolder) -> Iterator[str]:
    claims = [folder.read_claim(number) for number in folder.numbers()]
    result = (
        folder.read_result()
    )  # after the claims: of a trial that is finished meanwhile one of them counts
    if result is not None:
        yield result.code
    else:
        yield from (claim.code for claim in claims if claim is not None)


def remove(runs: RunFolder, name: str, leftover: Leftover) -> bool:
    """Remove one of those that were found; say whether it is gone.

    It stays where it is needed by now, or somebody else is removing it. OSError where it cannot be removed.
    """
    path = runs.path / leftover.path
    if not leftover.gone and leftover.kind == CODE:
        gone = _code_gone(runs, name, path, leftover.owner)
    elif not leftover.gone:
        gone = leftovers.set_gone(path) if _is_as_seen(runs, leftover) else None
    else:
        gone = path
    if gone is None:
        return False
    leftovers.remove_gone(gone)
    return True


def _is_as_seen(runs: RunFolder, leftover: Leftover) -> bool:
    """Say whether a trial still has its result and nobody has begun another attempt on an older sight.

    Who begins one after this loses a checkpoint at most that nobody needs: the first result stays the result.
    """
    folder = next(iter(runs.find(leftover.owner)), None)
    if folder is None:
        return False
    return (folder.path / "result.json").exists() and (folder.numbers() or [0])[-1] == leftover.newest


def _code_gone(runs: RunFolder, name: str, path: Path, code: str) -> Path | None:
    """Take the name from a snapshot, for good unless it is needed after all."""
    folder = path.parent
    if path.name == code and (code in _named_now(runs, name) or not leftovers.set_code_aside(folder, code)):
        return None
    leftovers.set_record_aside(folder, code)
    if code in _named_now(runs, name):
        leftovers.put_code_back(folder, code)
    aside = folder / f"{leftovers.ASIDE}{code}"
    aside.with_name(f"{aside.name}.json").unlink(missing_ok=True)
    return leftovers.set_gone(aside)
