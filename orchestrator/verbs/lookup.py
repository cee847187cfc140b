"""What the user names: a run folder, a study by its file or name, a trial by the beginning of its id."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.files.plain_file import is_utf8
from orchestrator.messages.errors import InternalEvidenceError, NotFoundError, UserError
from orchestrator.messages.problems import brief
from orchestrator.messages.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.trial import Trial

_HINT = "see ids with: python -m orchestrator status STUDY --json"

_LONGEST_NAME = 80
"""Of a study: more than that `study_file.py: Name` does not allow."""


def open_runs(runs: Path) -> RunFolder:
    """Return the run folder; it need not exist yet. UserError when it cannot be one."""
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.files.strangers import open_to_strangers

    if not str(runs).isprintable():
        raise UserError(
            f"the run folder {str(runs)!a} has characters in its name that cannot be printed",
            hint="give it another name: --runs or ORCHESTRATOR_RUNS",
        )
    path = _folder(runs, "run folder", "--runs or ORCHESTRATOR_RUNS")
    if open_to_strangers(runs):
        say(f"note: everybody on this machine may write to {runs}, and what lies there is run")
        say(f"    next: chmod o-w {shlex.quote(str(runs))}")
    return RunFolder(path)


def find_data(data: Path) -> Path:
    """Return the folder of the datasets; it need not exist. UserError when it cannot be one."""
    return _folder(data, "folder of the datasets", "--data or ORCHESTRATOR_DATA")


def check_file(file: Path, what: str = "study file") -> None:
    """Raise UserError where the way to a file has a name that cannot be written down."""
    _resolved(file, what, "give it, or the folders around it, another name")


def _folder(path: Path, what: str, option: str) -> Path:
    """Return the whole path of a folder; UserError when it cannot be one."""
    hint = f"name a folder with {option}"
    try:
        files = [part for part in (path, *path.parents) if part.exists() and not part.is_dir()]
    except OSError as error:  # a name that is too long
        raise UserError(f"the {what} `{brief(path)}`: {error.strerror}", hint=hint) from None
    if files:
        which = "is" if files[0] == path else f"lies in `{files[0]}`, which is"
        raise UserError(f"the {what} `{path}` {which} a file", hint=hint)
    return _resolved(path, what, hint)


def _resolved(path: Path, what: str, hint: str) -> Path:
    """Return the whole path; UserError for a link to itself or a name that is not UTF-8."""
    try:
        whole = path.resolve()
    except (OSError, RuntimeError):  # the latter up to Python 3.12
        raise UserError(f"the {what} `{path}` is a link that leads to itself", hint=hint) from None
    if not is_utf8(whole):
        raise UserError(f"the {what} lies at {str(whole)!a}, a name that is not UTF-8", hint=hint)
    return whole


def find_submitted(study: str, runs: Path) -> tuple[RunFolder, Submission]:
    """Return the newest submission of a study named by its file or its name; NotFoundError without one."""
    from orchestrator.engine.observe import read_submission

    folder = open_runs(runs)
    return folder, read_submission(folder, name_of(study, folder))


def study_names(runs: RunFolder) -> list[str]:
    """Return the names of the studies in a run folder."""
    return sorted(path.parent.name for path in (runs.path / "studies").glob("*/study.json"))


def name_of(study: str, runs: RunFolder) -> str:
    """Return the study's name from a name or a file."""
    is_file = study.endswith((".yaml", ".yml"))
    if not is_file and ("/" in study or study in {"", ".", ".."} or len(study) > _LONGEST_NAME):
        raise NotFoundError(
            f"`{brief(study)}` is neither the name of a study nor a study file",
            hint="name a study, as its file does under `study:`, or give its file: PATH.yaml",
        )
    if not is_file or ("/" not in study and runs.study(study).is_dir()):
        return study
    from orchestrator.study.read import study_name

    return study_name(Path(study))


def _may_have(submission: Submission, beginning: str) -> bool:
    """Say whether a study may have a trial whose id begins so, without looking at what became of it."""
    from orchestrator.study.plan import Known, expand

    plan = expand(submission.study, Known())
    return bool(plan.undecided) or any(identity.startswith(beginning) for identity in plan.by_id)


def check_beginnings(beginnings: Sequence[str]) -> None:
    """Raise UserError for an empty one, which would mean every trial: a variable of a shell may be unset."""
    if not all(beginnings):
        raise UserError("a trial is given as an empty text", hint=_HINT)


def _beginning(given: str) -> str:
    """Return the beginning of an id; the name of a trial's folder will do too."""
    beginning = given.rpartition("-")[2]
    check_beginnings([beginning])
    return beginning


def find_trial_path(runs: RunFolder, beginning: str) -> Path:
    """Return the folder of the one trial whose id begins so; NotFoundError otherwise."""
    beginning = _beginning(beginning)
    found = [folder.path for folder in runs.find(beginning)]
    if len(found) != 1:
        what = (
            "matches " + ", ".join(path.name for path in found[:5])
            if found
            else "has no attempt yet, or is unknown"
        )
        raise NotFoundError(f"trial `{beginning}` {what}", hint=_HINT)
    return found[0]


def find_trial(runs: RunFolder, beginning: str) -> tuple[Submission, Seen, Trial]:
    """Return the one trial whose id begins so, with a study that contains it; NotFoundError otherwise."""
    from orchestrator.engine.observe import Observer, read_submission

    beginning = _beginning(beginning)
    unread: list[InternalEvidenceError] = []
    for path in sorted((runs.path / "studies").glob("*/study.json")):
        try:
            submission = read_submission(runs, path.parent.name)
        except InternalEvidenceError as error:  # another study may have the trial
            unread.append(error)
            continue
        if not _may_have(submission, beginning):
            continue
        seen = Observer(runs, submission).look()
        found = [trial for trial in seen.plan.by_id.values() if trial.id.startswith(beginning)]
        if len(found) > 1:
            ids = ", ".join(trial.id for trial in found)
            raise UserError(f"`{beginning}` begins the ids {ids}", hint="write more of the one you mean")
        if found:
            return submission, seen, found[0]
    if unread:
        raise unread[0]
    raise NotFoundError(f"no study in {runs.path} has a trial `{beginning}`", hint=_HINT)
