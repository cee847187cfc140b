"""A run folder of its own in which trials are trained again, each with the code that made it."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from orchestrator.engine.shape_limits import refuse_beyond_limits
from orchestrator.engine.stop_mark import lift_stop
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.files.record_file import write_beside
from orchestrator.messages.errors import NotFoundError
from orchestrator.places.table import place_of
from orchestrator.study.trial import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.evidence.submission import Submission
    from orchestrator.places.profile import Profile
    from orchestrator.study.study import Study


def fresh_folder(runs: RunFolder, study: str, table: str, codes: Mapping[str, str]) -> RunFolder:
    """Return where these trials, each with the code that made it, are trained again for a table's cell."""
    name = f"{table}-{digest(sorted(codes.items()))[:8]}"
    return RunFolder(runs.path / "reproduced" / study / name)


def empty(folder: RunFolder) -> None:
    """Remove what an earlier reproduction has left there."""
    shutil.rmtree(folder.path, ignore_errors=True)


def find_code(runs: RunFolder, code: str, trial: str) -> Path:
    """Return the snapshot that made the result of a trial; NotFoundError where it is gone."""
    found = next((path for path in runs.path.glob(f"studies/*/code/{code}") if path.is_dir()), None)
    if found is None:
        raise NotFoundError(
            f"the code that made trial {trial[:8]} is not there any more: no snapshot `{code or 'none'}` "
            f"in {runs.path}/studies/*/code",
            hint="put the snapshot back, or train the trials with the code as it is: "
            "python -m orchestrator submit FILE --fresh STAGE",
        )
    return found


def submit_again(
    into: RunFolder, submission: Submission, study: Study, code: Path, *, profile: Profile, data: str
) -> Submission:
    """Write down that these trials are to be trained with a snapshot, and return what was written.

    Raises UserError when a stage asks for more than the cluster's partition gives.
    """
    refuse_beyond_limits(study, profile)
    folder = into.study(study.name)
    place_of(profile).check_folder(folder.resolve())
    _copy(code, folder / "code" / code.name)
    again = submission.model_copy(
        update={
            "study": study,
            "code": code.name,
            "profile": profile,
            "data": data,
            "words": (),
            "fresh": {},
            "time": time.time(),
        }
    )
    write_beside(folder / "study.json", again.model_dump_json(indent=1))
    lift_stop(into, study.name)
    return again


def _copy(code: Path, into: Path) -> None:
    """Copy a snapshot whole, unless it is there."""
    if into.exists():
        return
    beside = into.with_name(f".{into.name}.{os.getpid()}")
    shutil.copytree(code, beside, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    try:
        beside.rename(into)
    except OSError:  # somebody else has just made the same copy
        shutil.rmtree(beside)
