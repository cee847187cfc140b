"""Submit a study: fix its code, its data and its place, then let it advance."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.advance import advance
from orchestrator.engine.observe import read_submission
from orchestrator.engine.shape_limits import refuse_beyond_limits
from orchestrator.engine.stop_mark import lift_stop
from orchestrator.evidence.edges.project_files import MB
from orchestrator.evidence.edges.snapshot import code_of, take_snapshot
from orchestrator.evidence.submission import Submission
from orchestrator.files.record_file import write_beside
from orchestrator.messages.errors import UserError
from orchestrator.places.table import place_of
from orchestrator.study.edges.command_files import scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from orchestrator.engine.starter import Advanced
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.places.profile import Profile
    from orchestrator.study.read import Read

_BUSY_PAUSES_S = (0.5, 1, 2, 4)


def write_submission(
    read: Read,
    runs: RunFolder,
    profile: Profile,
    data: Path,
    given: Path,
    *,
    text: str | None = None,
    words: Sequence[str] = (),
    without: Iterable[Path] = (),
    fresh: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Submission:
    """Write everything that workers will read: the resolved study, the project, the place, the words typed.

    `given` is the study's file; `text` is what will stand in it, where it was given in Python.
    Of the project stay behind: run folder, datasets, what the study was read from, and files of `without`.
    Raises UserError when a stage asks for more than the cluster's partition gives, when sbatch cannot
    be told of the run folder, or when the project cannot be copied.
    """
    refuse_beyond_limits(read.study, profile)
    folder = runs.study(read.study.name)
    place_of(profile).check_folder(folder.resolve())
    take = partial(
        take_snapshot,
        Path.cwd(),
        _modules(read),
        folder / "code",
        without=[runs.path, data, given, *_written_in(read), *without],
        largest=read.file.code.largest_file * MB,
    )
    snapshot = take()
    for note in snapshot.notes:
        tell(f"note: {note}")
    _check_scripts(read, folder / "code" / snapshot.code)
    submission = Submission(
        study=read.study,
        code=snapshot.code,
        data=str(data.resolve()),
        profile=profile,
        reports=read.reports,
        given=str(given.resolve()),
        text=given.read_text(encoding="utf-8") if text is None else text,
        words=tuple(words),
        fresh=dict(fresh or {}),
        time=time.time(),
    )
    for mark in (folder / "cancelled").glob("*"):
        mark.unlink(missing_ok=True)
    write_beside(folder / "study.json", submission.model_dump_json(indent=1))
    while not (folder / "code" / submission.code).exists():  # `clean` took it for old a moment ago
        submission = submission.model_copy(update={"code": take().code})
        write_beside(folder / "study.json", submission.model_dump_json(indent=1))
    lift_stop(runs, read.study.name)
    _write_given(runs, submission)
    return submission


def code_now(read: Read, runs: RunFolder, data: Path, given: Path, *, without: Iterable[Path] = ()) -> str:
    """Return the hash that a submission of the same would record as its code; nothing is written."""
    return code_of(
        Path.cwd(),
        _modules(read),
        without=[runs.path, data, given, *_written_in(read), *without],
        largest=read.file.code.largest_file * MB,
    )


def _check_scripts(read: Read, snapshot: Path) -> None:
    """Raise UserError where a script that a command runs stays behind: workers would not find it."""
    for stage, entry in read.file.stages.items():
        for script in scripts(entry.command) if entry.command else ():
            if not (snapshot / script).exists() and not Path(script).is_absolute():
                raise UserError(
                    f"{stage} runs `{script}`, which is not in the snapshot of the project",
                    hint=f"take it out of .gitignore, or type: git add -f {script}",
                )


def _modules(read: Read) -> set[str]:
    return {task.module for task in read.tasks.values()}


def _written_in(read: Read) -> list[Path]:
    """Return the files that the study and its tables are written in."""
    return [*read.sources, *map(Path, read.reports)]


def _write_given(runs: RunFolder, submission: Submission) -> None:
    """Lay the study file beside `study.json`: the text that is in it, also when two are submitted at once."""
    newest, written = submission, None
    while newest != written:
        write_beside(runs.study(submission.study.name) / "given.yaml", newest.text)
        written, newest = newest, read_submission(runs, submission.study.name)


def start_workers(runs: RunFolder, name: str) -> Advanced:
    """Let a study advance once; while another program is submitting it, wait and look again."""
    for pause_s in (*_BUSY_PAUSES_S, None):
        advanced = advance(runs, name)
        if not advanced.elsewhere or pause_s is None:
            break
        time.sleep(pause_s)
    return advanced
