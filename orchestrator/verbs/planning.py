"""The verb that shows what there is to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.messages.terminal import give, say, show, tell
from orchestrator.verbs.lookup import find_data, open_runs
from orchestrator.verbs.options import (
    DATA,
    RUNS,
    ClusterName,
    Cpu,
    Data,
    File,
    Fresh,
    Json,
    NoFresh,
    Only,
    Runs,
    Set,
    Skip,
)
from orchestrator.verbs.saying_next import say_next
from orchestrator.verbs.width import terminal_width

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.durations import Usual
    from orchestrator.evidence.state import Seen
    from orchestrator.study.read import Read
    from orchestrator.study.study import Study


def plan(
    file: File,
    set_: Set = None,
    only: Only = None,
    cluster: ClusterName = "local",
    cpu: Cpu = False,
    skip_missing_data: Skip = False,
    fresh: Fresh = None,
    no_fresh: NoFresh = None,
    runs: Runs = RUNS,
    data: Data = DATA,
    as_list: Annotated[
        bool, typer.Option("--list", help="Print every trial: its state, stage, axes and needs.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what a study consists of, and what is left to train.

    What is done, what the rest costs at most, and which data is missing; nothing is written.

    \b
    Examples:
      python -m orchestrator plan study.yaml
      python -m orchestrator plan study.yaml --list
      python -m orchestrator plan grids/full_study.yaml --only elfw_classes
    """
    from orchestrator.engine.like_trials import like_trials
    from orchestrator.engine.missing_data import without_missing
    from orchestrator.engine.missing_gpus import gpus_told
    from orchestrator.engine.observe import look_ahead
    from orchestrator.engine.shape_limits import beyond_limits
    from orchestrator.evidence.durations import Durations
    from orchestrator.evidence.skipped import skipped, told
    from orchestrator.places.table import place_of
    from orchestrator.study.fresh import Freshness
    from orchestrator.verbs.next_step import after_plan
    from orchestrator.verbs.packing_lines import packing_lines, packings, with_packing
    from orchestrator.verbs.request import Typed, read_request
    from orchestrator.verbs.search_lines import end_lines
    from orchestrator.verbs.show_plan import plan_json, plan_rows
    from orchestrator.verbs.table_notes import table_notes

    typed = Typed(
        file=file,
        cluster=cluster,
        set_=set_ or (),
        only=only or (),
        cpu=cpu,
        freshness=Freshness(again=fresh or (), as_before=no_fresh or ()),
    )
    request = read_request(typed, open_runs(runs), find_data(data))
    folder, read, profile = request.runs, request.read, request.profile
    possible = without_missing(read, request.data)
    seen = look_ahead(folder, possible, profile)
    lacks = skipped(possible, seen).lacks
    study = possible if skip_missing_data else read.study
    if study is not possible and lacks:
        seen = look_ahead(folder, study, profile)
    known = Durations(seen)
    others = like_trials(folder, [stage for stage in study.stages if known.of(stage) is None], seen.plan)
    rows = plan_rows(study, seen, profile, place_of(profile).limits(), others)
    rows, totals, notes = _with_said(rows, others, read, study, seen)
    packed = packings(study, seen, rows)
    for note in (*read.warnings, *notes):
        say(f"note: {note}")
    if lacks:
        say(f"note: not found, needed before anything is trained:\n{told(lacks)}")
    for line in beyond_limits(study, profile):
        say(f"note: `submit` will refuse this: {line}")
    if told_gpus := gpus_told(study, seen, profile):
        say(f"note: {told_gpus}")
    for line in end_lines(seen, time.time()):
        say(f"note: {line}" if line[0] != " " else line)
    for line in (*packing_lines(study, packed), *table_notes(read, seen)):
        say(f"note: {line}")
    if as_json:
        give(plan_json(study, seen, with_packing(rows, packed), totals, lacks))
        return
    if as_list:
        _list(study, seen)
    else:
        _show_plan(rows, totals)
    step = after_plan(
        study.name,
        typed.submit_command + " --skip-missing-data" * skip_missing_data,
        to_do=totals["to_do"],
        missing=bool(lacks) and not skip_missing_data,
        submitted=(folder.study(study.name) / "study.json").exists(),
    )
    say_next(step, runs, data)


def _with_said(
    rows: list[dict[str, Any]], others: Mapping[str, Usual], read: Read, study: Study, seen: Seen
) -> tuple[list[dict[str, Any]], dict[str, Any], tuple[str, ...]]:
    """Return a plan's rows and totals with what its tasks say of disk and hours, and notes on what is odd."""
    from orchestrator.engine.said_of_trials import disk_sizes, trial_hours
    from orchestrator.evidence.outlay import outlay
    from orchestrator.verbs.show_plan import plan_totals, with_disk, with_told
    from orchestrator.verbs.told_hours import told_hours

    sizes, hours = disk_sizes(read), trial_hours(read)
    told = told_hours(study, seen, hours.points, hours.on)
    totals = plan_totals(study, seen, others, told)
    rows, totals = with_disk(with_told(rows, told), totals, outlay(study, seen, sizes.points))
    return rows, totals, (*sizes.notes, *hours.notes)


def _show_plan(rows: list[dict[str, Any]], totals: dict[str, Any]) -> None:
    """Print a row for each stage, and say what its hours rest on and which columns have no room."""
    from orchestrator.verbs.plan_columns import basis_line, plan_table, plan_width

    table, without = plan_table(rows, totals, terminal_width())
    show(table, max(160, plan_width(rows, totals)))
    if basis := basis_line(rows):
        say(basis)
    if without:
        say(f"no room for {', '.join(without)}: a wider terminal, a pipe or --json has all")


def _list(study: Study, seen: Seen) -> None:
    """Print every trial, and say which are still to come."""
    from orchestrator.verbs.show_plan import trial_lines

    width = terminal_width()
    if lines := trial_lines(study, seen, width):
        tell("\n".join(lines))
    for stage, count in seen.plan.undecided.items():
        if count:
            say(f"note: {count} trials of stage {stage} are not decided yet, and not listed")
