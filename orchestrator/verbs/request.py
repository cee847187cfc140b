"""A study as it is asked for, on the command line or in Python: its file, and what was given beside it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.missing_gpus import on_cpu
from orchestrator.engine.shape_limits import unused_placement
from orchestrator.engine.submit import code_now
from orchestrator.messages.errors import Problem
from orchestrator.places.profile_file import find_profile, profile_files
from orchestrator.report.edges.table_file import read_report_files
from orchestrator.study.fresh import Freshness, with_fresh
from orchestrator.study.read import read_study
from orchestrator.study.shape import Shape
from orchestrator.verbs.code_changes import fresh_stages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.files.yaml_file import Document
    from orchestrator.places.profile import Profile
    from orchestrator.study.read import Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What decides what a study is, and where it is trained."""

    file: Path
    """Of a study that was given in Python, where `submit` will write it."""
    document: Document | None = None
    """What was given in Python instead of the file, and"""
    text: str | None = None
    """the same as the file will have it."""
    cluster: str = "local"
    set_: Sequence[str] = ()
    only: Sequence[str] = ()
    cpu: bool = False
    """Whether what asks for GPUs is trained without."""
    freshness: Freshness = field(default_factory=Freshness)

    @property
    def words(self) -> list[str]:
        """What hints repeat beside the file; which stages are trained again is remembered without."""
        options = [("--cluster", self.cluster)] if self.cluster != "local" else []
        options += [("--set", text) for text in self.set_] + [("--only", text) for text in self.only]
        return [word for option in options for word in option] + ["--cpu"] * self.cpu

    @property
    def submit_command(self) -> str:
        """The `submit` of the same, before anything was written."""
        options = [("--fresh", stage) for stage in self.freshness.again]
        options += [("--no-fresh", stage) for stage in self.freshness.as_before]
        words = [*self.words, *(word for option in options for word in option)]
        return shlex.join(["python", "-m", "orchestrator", "submit", str(self.file), *words])


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A study that was read, and its place."""

    typed: Typed
    runs: RunFolder
    data: Path
    profile: Profile
    read: Read
    fresh: Mapping[str, str]
    """Stages that are trained again -> the code as of which."""


def read_request(typed: Typed, runs: RunFolder, data: Path) -> Request:
    """Return the study that was asked for; StudyFileError with everything that is wrong with it."""
    read = read_study(typed.file, set_=typed.set_, only=typed.only, given=typed.document)
    profile = find_profile(typed.cluster)
    fresh = fresh_stages(
        runs,
        read.study,
        typed.freshness,
        lambda: code_now(read, runs, data, typed.file, without=no_code(typed, read)),
    )
    study = with_fresh(on_cpu(read.study) if typed.cpu else read.study, fresh)
    read = replace(read, study=study)
    if profile.here:
        read = _without_placement(read)
    return Request(typed=typed, runs=runs, data=data, profile=profile, read=read, fresh=fresh)


def _without_placement(read: Read) -> Read:
    """Return the study without what only a cluster can make of its shapes; a warning says so."""
    unused = unused_placement(read.study)
    if not unused:
        return read
    warning = Problem(where=read.where(("shapes",)), path="shapes", message=unused)
    return replace(read, study=read.study.with_shapes(Shape.anywhere), warnings=(*read.warnings, warning))


def no_code(typed: Typed, read: Read) -> list[Path]:
    """Return files of the project that are no code: the profile's, and those of printed results.

    Raises StudyFileError where a report file is wrong: better told before the training than after.
    """
    reports = [Path(report) for report in read.reports]
    tables = [file for file, _ in read_report_files(reports, read.names)]
    printed = [
        path.parent / file.reference for path, file in zip(reports, tables, strict=True) if file.reference
    ]
    return [*profile_files(typed.cluster), *printed]
