"""Plan and submit a study as the command line does, for a program that goes on afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.api.plan_table import PlanTable, stage_frame
from orchestrator.engine.missing_data import without_missing
from orchestrator.engine.missing_gpus import gpus_told
from orchestrator.engine.observe import look_ahead
from orchestrator.engine.submit import start_workers
from orchestrator.evidence.skipped import skipped, told
from orchestrator.evidence.submission import Submission
from orchestrator.messages.errors import MissingDataError, MissingGpusError
from orchestrator.messages.terminal import say
from orchestrator.places.table import place_of
from orchestrator.report.frames import trial_frame
from orchestrator.report.report import gather
from orchestrator.verbs.packing_lines import packing_lines, packings
from orchestrator.verbs.show_plan import plan_rows, plan_totals
from orchestrator.verbs.submitting import hindrances, submitted

if TYPE_CHECKING:
    from orchestrator.verbs.request import Request


def planned(request: Request, *, skip_missing_data: bool) -> PlanTable:
    """Return what a study consists of, what is left to train, and what is missing; nothing is written."""
    runs, profile = request.runs, request.profile
    possible = without_missing(request.read, request.data)
    seen = look_ahead(runs, possible, profile)
    lacks = skipped(possible, seen).lacks
    study = possible if skip_missing_data else request.read.study
    if study is not possible and lacks:
        seen = look_ahead(runs, study, profile)
    notes = [f"note: {warning}" for warning in request.read.warnings]
    if lacks:
        notes.append(f"note: not found, needed before anything is trained:\n{told(lacks)}")
    if gpus := gpus_told(study, seen, profile):
        notes.append(f"note: {gpus}")
    rows = plan_rows(study, seen, profile, place_of(profile).limits())
    notes += [f"note: {line}" for line in packing_lines(study, packings(study, seen, rows))]
    ahead = Submission(study=study, code="", data="", profile=profile, given="")
    return PlanTable(
        study=study.name,
        stages=stage_frame(rows),
        trials=trial_frame(gather(ahead, seen)),
        to_do=plan_totals(study, seen)["to_do"],
        notes=tuple(notes),
    )


def start(request: Request, *, skip_missing_data: bool) -> None:
    """Write down what was asked for and start its workers, which go on by themselves."""
    try:
        submission = submitted(request, skip_missing_data=skip_missing_data)
    except MissingDataError as error:
        hint = "put them there; submit(skip_missing_data=True) trains what can do without"
        raise MissingDataError(str(error), hint=hint) from None
    except MissingGpusError as error:
        hint = "cpu=True trains on the CPU what asks for GPUs; cluster=NAME trains where there are some"
        raise MissingGpusError(str(error), hint=hint) from None
    for line in hindrances(start_workers(request.runs, submission.study.name)):
        say(line)
