"""From the run folder of a study to its tables and figures: gather, tabulate, draw, write."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from orchestrator.engine.observe import Observer, read_submission
from orchestrator.evidence.edges.code_commit import commit_of
from orchestrator.evidence.edges.code_difference import Snapshots
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.gpu_use import gpu_use, slots_of
from orchestrator.evidence.state import State
from orchestrator.files.record_file import write_beside
from orchestrator.messages.errors import NotFoundError
from orchestrator.report.document import Chapter, Report, report_json
from orchestrator.report.edges.counts_file import read_counts
from orchestrator.report.edges.figure_kinds import Drawing, drawing_of, drawn_figure
from orchestrator.report.edges.item_scores import ItemScores
from orchestrator.report.edges.markdown import as_text
from orchestrator.report.edges.methods_file import write_methods
from orchestrator.report.edges.page import html
from orchestrator.report.edges.plain_chapter import plain_chapter
from orchestrator.report.edges.render import WRITERS
from orchestrator.report.edges.search_chapter import search_chapter
from orchestrator.report.edges.table_file import read_report_files
from orchestrator.report.edges.trial_reading import read_details
from orchestrator.report.frames import trial_frame
from orchestrator.report.gain_table import build_gain
from orchestrator.report.materials import materials
from orchestrator.report.page.head import PageHead, page_head
from orchestrator.report.selection import Material, Observation
from orchestrator.report.tabulate import build
from orchestrator.study.shape import format_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.evidence.evidence import Result
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.trial import Trial

__all__ = ["as_text", "report_json", "results", "write_report"]

T = TypeVar("T")
LeftOut: TypeAlias = dict[str, list[str]]
"""Why something could not be made of this study -> the tables and figures it holds for."""


def write_report(
    runs: RunFolder, submission: Submission, seen: Seen, out: Path, reports: Sequence[Path] | None = None
) -> Report:
    """Write all tables and figures of a study into `out` and return them.

    `reports` are files of definitions instead of those of `submit`. Raises StudyFileError with every problem
    of them.
    """
    files = read_report_files([*map(Path, submission.reports)] if reports is None else reports)
    snapshots = Snapshots(runs.path)
    material = gather_all(runs, submission, seen)
    of_files = materials(files, material)
    out.mkdir(parents=True, exist_ok=True)
    left_out: LeftOut = {}
    drawing = drawing_of(
        (file for file, _ in files), lambda trial, name: _artifact(runs.trial(trial), name), out
    )
    chapters = [_chapter(material, drawing, left_out) for material in of_files]
    if not any(chapter.tables for chapter in chapters):
        draw = partial(drawn_figure, material=material, drawing=drawing)
        chapters.append(plain_chapter(runs, submission.study, material, draw, left_out))
    chapters.append(search_chapter(runs, submission, seen, out))
    report = Report(
        study=submission.study.name,
        chapters=tuple(chapter for chapter in chapters if chapter.tables or chapter.figures),
        left_out=tuple(f"{', '.join(names)}: {reason}" for reason, names in left_out.items()),
        facts=tuple(facts(submission, seen)),
        folders={trial.id: os.path.relpath(runs.trial(trial).path, out) for trial in seen.plan.trials},
        head=_head(runs, submission, seen, snapshots),
    )
    report = replace(report, details=read_details(runs, report.tables, seen, _moment))
    _write(report, out)
    write_methods(runs, submission, seen, [material, *of_files], report=report, out=out)
    return report


def _head(runs: RunFolder, submission: Submission, seen: Seen, snapshots: Snapshots) -> PageHead:
    return page_head(
        seen,
        [stage.name for stage in submission.study.stages],
        made=f"{datetime.now().astimezone():%Y-%m-%d %H:%M}",
        when=_moment,
        commit=partial(commit_of, runs.path),
        differing=snapshots.differing,
    )


def _moment(time: float) -> str:
    """Return a Unix time as people read it here."""
    return f"{datetime.fromtimestamp(time).astimezone():%Y-%m-%d %H:%M}"


def results(study: str, runs: Path) -> pd.DataFrame:
    """Return the trials of a study in a run folder, one row each, with the columns of `trial_rows`.

    Raises NotFoundError when the study was never submitted.
    """
    folder = RunFolder(runs)
    submission = read_submission(folder, study)
    return trial_frame(gather(submission, Observer(folder, submission).look()))


def gather_all(runs: RunFolder, submission: Submission, seen: Seen) -> Material:
    """Return the trials that definitions refer to, and what their folders and snapshots say when asked."""
    return replace(
        gather(submission, seen),
        differing=Snapshots(runs.path).differing,
        scores=ItemScores(lambda trial, name: _artifact(runs.trial(trial), name)).of,
        history=lambda trial: runs.trial(trial).metrics(),
        counts=lambda trial, name: read_counts(
            _artifact(runs.trial(trial), name), f"`{name}` of trial {trial.id}"
        ),
    )


def gather(submission: Submission, seen: Seen) -> Material:
    """Return the trials that definitions refer to."""
    stages: dict[str, list[Observation]] = {stage.name: [] for stage in submission.study.stages}
    by_name = {stage.name: stage for stage in submission.study.stages}
    for trial in seen.plan.trials:
        gpus = by_name[trial.stage].shape_of(trial).all_gpus
        stages[trial.stage].append(_observed(trial, seen, gpus))
    answers = {
        trial.id: (opening.stage, len(opening.answers))
        for opening in seen.plan.openings
        for trial in opening.trials
    }
    return Material(stages=stages, undecided=seen.plan.undecided, answers=answers)


def _observed(trial: Trial, seen: Seen, gpus: int) -> Observation:
    state, evidence = seen.states[trial.id], seen.evidence[trial.id]
    made_with = evidence.result.provenance if evidence.result else {}
    return Observation(
        trial=trial,
        state=state,
        metrics=evidence.result.metrics if evidence.result else None,
        code=evidence.result.code if evidence.result else "",
        attempts=len(evidence.attempts),
        seconds=evidence.seconds,
        gpus=gpus,
        sharers=slots_of(made_with) * int(made_with.get("lockstep", 1)),
        in_lockstep="lockstep" in made_with,
        gpu_use=gpu_use(made_with),
        made_with=made_with,
        failure=diagnose(evidence).kind if state is State.FAILED else "",
    )


def facts(submission: Submission, seen: Seen) -> list[tuple[str, str]]:
    """Return what the numbers rest on: states, seeds, code and time."""
    known = seen.evidence.values()
    results = [evidence.result for evidence in known if evidence.result]
    codes = Counter(result.code for result in results)
    seconds = sum(evidence.seconds for evidence in known)
    processors = {str(result.provenance["gpu"]) for result in results if "gpu" in result.provenance}
    states = ", ".join(f"{count} {state.lower()}" for state, count in seen.count().items())
    return [
        ("Study file", submission.given),
        ("Trials", states or "none"),
        ("Seeds", ", ".join(map(str, sorted({trial.seed for trial in seen.plan.trials}))) or "none"),
        ("Code", ", ".join(f"{code} ({count})" for code, count in codes.most_common()) or "no result yet"),
        ("Graphics processors", ", ".join(sorted(processors)) or "none recorded"),
        *_use_of_gpus(results),
        ("Time of all attempts", format_duration(seconds)),
    ]


def _use_of_gpus(results: Sequence[Result]) -> list[tuple[str, str]]:
    """Return how busy trials kept their GPUs and what memory they took; nothing where none was measured."""
    uses = [use for result in results if (use := gpu_use(result.provenance))]
    busy = [use.busy for use in uses if use.busy is not None]
    if not uses:
        return []
    mean = f"{fmean(busy):.0f} % busy on average, " if busy else ""
    most = max(use.memory for use in uses) / 1024
    counted = f"{len(uses)} trial{'s' * (len(uses) != 1)} measured"
    return [("Use of GPUs", f"{mean}{most:.1f} GB at most ({counted})")]


def _chapter(material: Material, drawing: Drawing, left_out: LeftOut) -> Chapter:
    file = material.file
    tables = [(entry.id, partial(build, entry, material)) for entry in file.tables]
    gains = [(entry.id, partial(build_gain, entry, material)) for entry in file.derived]
    figures = [(entry.id, partial(drawn_figure, entry, material, drawing)) for entry in file.figures]
    return Chapter(
        title=file.title or file.study or "Tables",
        tables=_made([*tables, *gains], left_out),
        figures=_made(figures, left_out),
    )


def _artifact(folder: TrialFolder, name: str) -> Path:
    """Return the path of an artifact; NotFoundError where name or link leads out of the trial's own."""
    path = folder.artifacts / name
    if not path.resolve().is_relative_to(folder.artifacts.resolve()):
        raise NotFoundError(f"`{name}` leads out of {folder.artifacts}")
    return path


def _made(wanted: Iterable[tuple[str, Callable[[], T]]], left_out: LeftOut) -> tuple[T, ...]:
    """Return all that can be made of this study; note why the others cannot, by their names."""
    made = []
    for name, make in wanted:
        try:
            made.append(make())
        except NotFoundError as error:
            left_out.setdefault(f"{error}{f'; {error.hint}' if error.hint else ''}", []).append(name)
    return tuple(made)


def _write(report: Report, out: Path) -> None:
    for table in (table for chapter in report.chapters for table in chapter.tables):
        for suffix, write in WRITERS.items():
            write_beside(out / "tables" / f"{table.id}.{suffix}", write(table))
    write_beside(out / "report.md", as_text(report))
    write_beside(out / "report.json", json.dumps(report_json(report), indent=1, allow_nan=False))
    write_beside(out / "report.html", html(report, out))
