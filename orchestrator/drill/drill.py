"""Rehearse faults on small copies of a study: an undisturbed one, then one for each fault; compare, and say.

<runs>/drill/<study>/  undisturbed/  stop/  kill/ ...    run folders of their own, removed in the end
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from orchestrator.drill.edges.small_disk import NoSmallDiskError, with_small_disk
from orchestrator.drill.faults import FAULTS
from orchestrator.drill.faults.disk import Disk
from orchestrator.drill.likeness import differences
from orchestrator.drill.rehearsed import Met, Rehearsed, as_json, from_json, judged
from orchestrator.drill.small_copy import Copy
from orchestrator.evidence.state import State
from orchestrator.files.plain_file import files_below
from orchestrator.messages.errors import TrialsFailedError, UserError
from orchestrator.places.wall_limit import least_lead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from orchestrator.drill.faults.fault import Fault
    from orchestrator.drill.legs import Course
    from orchestrator.drill.likeness import Difference, Outcome
    from orchestrator.drill.small_copy import Source

_LOOK_S = 0.01
_SLURM_LOOK_S = 0.5
_ROOM = 3
"""A small disk is so many times as large as the undisturbed copy, ..."""
_LEAST_ROOM = 64 << 20
"""... and not smaller than this, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled:
    """Everything a drill found out."""

    study: str
    folder: Path
    """Where the copies lie."""
    trials: tuple[Outcome, ...]
    """Of the undisturbed copy."""
    rehearsed: tuple[Rehearsed, ...]
    unsteady: frozenset[str] = frozenset()
    """Trials that differ between two undisturbed copies too."""

    @property
    def equal(self) -> bool:
        """Whether nothing is wrong."""
        return all(one.equal for one in self.rehearsed)


@dataclass(slots=True)
class _Drill:
    source: Source
    folder: Path
    seed: int
    keep: bool
    tell: Callable[[str], None]
    calm: list[Outcome] = field(default_factory=list)
    courses: dict[str, Course] = field(default_factory=dict)
    size: int = 0
    """Bytes of the undisturbed copy."""


def drill(
    source: Source,
    folder: Path,
    faults: Sequence[str],
    *,
    seed: int,
    keep: bool,
    tell: Callable[[str], None],
) -> Drilled:
    """Rehearse the faults of these names in copies below a folder; copies with differences stay there.

    Raises TrialsFailedError when the undisturbed copy fails by itself.
    """
    this = _Drill(source, folder, seed, keep, tell)
    _undisturbed(this)
    rehearsed = [_rehearse(this, FAULTS[name]) for name in faults]
    differing = {
        difference.trial
        for one in rehearsed
        for met in one.trials
        for difference in met.differences
        if difference.kind != "state"
    }
    unsteady = _unsteady(this) & differing if differing else set()
    return Drilled(
        study=source.read.study.name,
        folder=folder,
        trials=tuple(this.calm),
        rehearsed=tuple(rehearsed),
        unsteady=frozenset(unsteady),
    )


@contextlib.contextmanager
def drill_folder(folder: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """Take the folder of a study's drill for oneself, and empty it of an earlier one.

    Raises UserError when another drill of the study is under way.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UserError(
                f"another drill of this study is under way in {folder}",
                hint="wait for its end, or name another run folder with --runs",
            ) from error
        if folder.exists():
            tell(f"removing the copies of an earlier drill in {folder}")
            shutil.rmtree(folder)
        yield


def _undisturbed(this: _Drill) -> None:
    """Train the copy that nothing happens to: what it gives is what all others must give."""
    this.tell("undisturbed copy: begins")
    copy = Copy(this.source, this.folder / "undisturbed")
    _follow(copy, None)
    this.calm = copy.outcomes()
    bad = [outcome for outcome in this.calm if outcome.state != State.DONE]
    if bad:
        raise TrialsFailedError(
            f"nothing was rehearsed: the undisturbed copy ended with {len(bad)} trials that are not DONE, "
            f"the first: {bad[0].stage} {bad[0].point}: {bad[0].state} {bad[0].failure}".rstrip(),
            hint=f"python -m orchestrator why {bad[0].id[:8]} --runs {copy.runs.path}",
        )
    this.courses = {outcome.id: copy.course(outcome.id) for outcome in this.calm}
    this.size = sum(status.st_size for _, status in files_below(copy.runs.path))
    this.tell(f"undisturbed copy: {len(this.calm)} trials DONE")


def _rehearse(this: _Drill, fault: type[Fault]) -> Rehearsed:
    """Let one fault happen to a copy of its own, and compare."""
    this.tell(f"{fault.name}: {fault.about}")
    if not issubclass(fault, Disk):
        return _disturbed(this, fault, this.folder / fault.name)
    if not this.source.profile.here:
        reason = "jobs of a cluster do not see a small disk of this machine; drill without --cluster for it"
        return Rehearsed(fault=fault.name, about=fault.about, reason=reason)
    small_disk = this.folder / "small_disk"
    size = max(_LEAST_ROOM, _ROOM * this.size)
    try:
        told = with_small_disk(small_disk, size, lambda: as_json(_disturbed(this, fault, small_disk)))
        return from_json(told)
    except NoSmallDiskError as error:
        return Rehearsed(fault=fault.name, about=fault.about, reason=str(error))


def _disturbed(this: _Drill, kind: type[Fault], folder: Path) -> Rehearsed:
    copy = Copy(this.source, folder)
    fault = kind(copy, this.courses, this.seed, this.tell)
    try:
        _follow(copy, fault)
        left = copy.left_behind()
    finally:
        fault.close()
    found = copy.outcomes()
    unlike = differences(this.calm, found)
    mine = {outcome.id for outcome in found}
    trials = [_met(copy, fault, outcome, unlike) for outcome in this.calm if outcome.id in mine]
    rehearsed = Rehearsed(
        fault=fault.name,
        about=fault.about,
        trials=tuple(trials),
        surplus=tuple(one for one in unlike if one.trial not in {met.id for met in trials}),
        left_behind=tuple(left),
        notes=tuple(_notes(copy, fault)),
    )
    this.tell(f"{fault.name}: " + ("ended" if rehearsed.equal else "DIFFERENCES"))
    if isinstance(fault, Disk) and (this.keep or not rehearsed.equal):
        shutil.copytree(
            folder, folder.with_name(fault.name), symlinks=True
        )  # the small disk goes with its program
    if rehearsed.equal and not this.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return rehearsed


def _met(copy: Copy, fault: Fault, outcome: Outcome, unlike: Sequence[Difference]) -> Met:
    """Return what the fault made of one trial."""
    profile, study = copy.source.profile, copy.source.read.study
    met = judged(
        outcome,
        [one for one in unlike if one.trial == outcome.id],
        copy.legs(outcome.id, fault.strikes),
        cuts=fault.cuts,
        lead=max(least_lead(profile, shape) for shape in study.stage(outcome.stage).shapes),
    )
    also = tuple(words for trial, words in fault.wrong if trial == outcome.id)
    return replace(met, wrong=met.wrong + also)


def _follow(copy: Copy, fault: Fault | None) -> None:
    """Drive a copy to its end while the fault strikes; what still lives after an error is ended."""
    pause = _LOOK_S if copy.here else _SLURM_LOOK_S
    try:
        copy.drive()
        while copy.is_driven() or (fault is not None and fault.revive()):
            if fault is None:
                time.sleep(pause)
                continue
            for running in copy.running():
                fault.meet(running)
            fault.tick()
            fault.rest(pause)
    except BaseException:
        copy.end()
        raise


def _notes(copy: Copy, fault: Fault) -> Iterator[str]:
    """Yield what a reader should know beside the table."""
    yield from fault.notes
    if left := copy.unfinished_files():
        size = sum(left.values())
        yield f"{len(left)} unfinished files were left, {size / 1e6:.1f} MB in all, as {max(left).name}"


def _unsteady(this: _Drill) -> set[str]:
    """Return the trials that differ though nothing happened to them: they do not blame a fault."""
    this.tell("differences were found: a second undisturbed copy shows whether the faults are to blame")
    copy = Copy(this.source, this.folder / "undisturbed_again")
    _follow(copy, None)
    return {one.trial for one in differences(this.calm, copy.outcomes())}
