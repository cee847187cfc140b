"""A report file to start from: a table for each trained stage, with its axes and metrics, and curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.files.yaml_text import yaml_text
from orchestrator.messages.errors import NotFoundError
from orchestrator.report.directions import directions, said
from orchestrator.report.edges.plain_chapter import logged_metrics
from orchestrator.report.plain_figures import plain_figures
from orchestrator.report.plain_stage import SEED, plain_stage
from orchestrator.report.selection import differing
from orchestrator.study.command import TASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.report.definition import Better
    from orchestrator.report.figures.definitions import CurvesDefinition
    from orchestrator.report.selection import Material, Observation
    from orchestrator.study.study import Study

SCHEMA = ".report.json"
_MOST_METRICS = 4
_HEAD = """\
# yaml-language-server: $schema={schema}
# Tables and figures of the study `{study}`. Editors complete its keys once this was typed beside it:
#   python -m orchestrator schema report > {schema}
# A cell is the mean ± standard deviation over `aggregate`, which is [seed] where a table does not say it.

# labels:                     # what readers call values
#   AXIS: {{VALUE: "A label"}}

"""
_KEYS = """\
    # spread: ci95              # or std, sem, range, none
    # compare: VALUE            # of an axis of the rows or columns: which cells differ from it
    # where: {AXIS: VALUE}      # only these trials
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartingStage:
    """What a table of a stage begins with."""

    stage: str
    axes: tuple[str, ...]
    metrics: tuple[str, ...]
    known: bool
    """Whether a result has these metrics; else they are assumed."""
    better: dict[str, Better]
    figures: tuple[CurvesDefinition, ...] = ()


def starting_stages(study: Study, material: Material, runs: RunFolder) -> list[StartingStage]:
    """Return the stages that train: those with a metric that can be better, or all where nothing tells."""
    found = [
        _of(study, stage, seen, material, runs)
        for stage, seen in material.stages.items()
        if seen and study.stage(stage).search is None
    ]
    trained = [one for one in found if any(way != "none" for way in one.better.values())]
    return trained or found


def starting_text(study: str, stages: Iterable[StartingStage], others: Sequence[str]) -> str:
    """Return the file; `others` are stages that have no table in it."""
    entries = [*stages]
    parts = [_HEAD.format(schema=SCHEMA, study=study)]
    parts += [f"# Without a table: {', '.join(others)}.\n"] * bool(others)
    parts.append("tables:\n" if entries else "tables: []\n")
    parts += [_table(one, "" if place else _KEYS) for place, one in enumerate(entries)]
    if figures := [figure for one in entries for figure in one.figures if figure.series]:
        parts += ["figures:\n", *map(_figure, figures)]
    return "".join(parts).rstrip() + "\n"


def _of(
    study: Study, stage: str, seen: Sequence[Observation], material: Material, runs: RunFolder
) -> StartingStage:
    told = said(study, stage)
    try:
        plain = plain_stage(stage, material, told)
    except NotFoundError:  # nothing is trained yet
        axes = tuple(axis for axis in differing(seen, (SEED,)) if axis in seen[0].trial.axes)
        metrics = tuple(dict.fromkeys([*told, *_of_command(seen[0])]))
        known, assumed = bool(metrics), metrics or ("loss",)
        return StartingStage(
            stage=stage, axes=axes, metrics=assumed, known=known, better=directions(assumed, told)
        )
    shown = plain.metrics[:_MOST_METRICS]
    return StartingStage(
        stage=stage,
        axes=tuple(axis for axis in plain.axes if axis in seen[0].trial.axes),
        metrics=shown,
        known=True,
        better={metric: plain.better[metric] for metric in shown},
        figures=tuple(plain_figures(plain, logged_metrics(runs, plain))),
    )


def _of_command(one: Observation) -> list[str]:
    """Return the metrics that a command is said to print."""
    return [*one.trial.params[TASK].get("metrics", {})] if one.trial.task == TASK else []


def _table(one: StartingStage, keys: str) -> str:
    rows = [{"over": [*one.axes]}] if one.axes else [{"label": "all"}]
    columns = [_column(one, metric) for metric in one.metrics]
    title = f"{one.stage} by {', '.join(one.axes)}" if one.axes else one.stage
    head = yaml_text({"id": one.stage.replace(".", "_"), "title": title, "stage": one.stage})
    known = "" if one.known else "    # no result is there yet: name the metrics that the task gives\n"
    lines = "".join(f"      - {yaml_text({'_': entry})[len('_: ') :]}" for entry in columns)
    over = yaml_text({"rows": rows})
    note = "                # numbers end where their spread does; or so many decimals" if keys else ""
    return f"{_item(head)}    digits: null{note}\n{keys}    {over}{known}    columns:\n{lines}\n"


def _column(one: StartingStage, metric: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"label": metric, "metric": metric}
    if one.better[metric] != "none":
        entry["better"] = one.better[metric]
    return entry


def _figure(one: CurvesDefinition) -> str:
    keys = ("id", "title", "stage", "metric", "series", "where", "x_label")
    return _item(yaml_text({key: value for key in keys if (value := getattr(one, key))})) + "\n"


def _item(text: str) -> str:
    """Return the lines of a mapping as an item of a list."""
    first, *rest = text.splitlines()
    return "".join([f"  - {first}\n", *(f"    {line}\n" for line in rest)])
