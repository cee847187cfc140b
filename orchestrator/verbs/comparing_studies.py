"""The verb that sets two studies side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.terminal import give, tell
from orchestrator.verbs import completion
from orchestrator.verbs.options import RUNS, Json, Runs, StudyName, given_path

if TYPE_CHECKING:
    from orchestrator.report.table import Table
    from orchestrator.report.two_studies.sides import BothStudies
    from orchestrator.verbs.studied import Studied


def compare(
    study: StudyName,
    other: Annotated[
        str, typer.Argument(help="The study that it is compared with.", autocompletion=completion.studies)
    ],
    runs: Runs = RUNS,
    runs_b: Annotated[
        Optional[Path],
        typer.Option(
            "--runs-b",
            help="The run folder of the other; the same without it.",
            parser=given_path,
            metavar="<path>",
        ),
    ] = None,
    trials: Annotated[
        bool, typer.Option("--trials", help="Only trials: which both have, and what they gave differently.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what changed from one study to another.

    What differs in stages, axes, parameters, code and packages, which trials both have, and which cells of
    tables that both have changed by more than their spread.

    \b
    Examples:
      python -m orchestrator compare toy wider
      python -m orchestrator compare toy toy --runs-b /archive/runs
    """
    from orchestrator.report.two_studies.sides import as_json as json_of
    from orchestrator.report.two_studies.sides import as_markdown
    from orchestrator.verbs.studied import look_at

    both = _both(look_at(study, runs), look_at(other, runs_b or runs))
    if as_json:
        give(json_of(both))
    else:
        tell(as_markdown(both, trials_only=trials).rstrip())


def _both(one: Studied, other: Studied) -> BothStudies:
    from orchestrator.evidence.edges.code_difference import differing_files
    from orchestrator.report.two_studies.cell_changes import table_change
    from orchestrator.report.two_studies.made_with import made_differently
    from orchestrator.report.two_studies.sides import BothStudies
    from orchestrator.report.two_studies.study_changes import study_changes
    from orchestrator.report.two_studies.trial_changes import metric_changes, stage_trials

    mine, others = _tables(one), _tables(other)
    return BothStudies(
        names=_names(one, other),
        study=tuple(study_changes(one.submission.study, other.submission.study)),
        code=tuple(differing_files(_code(one), _code(other))),
        packages=tuple(made_differently(one.results.values(), other.results.values())),
        trials=tuple(stage_trials(one.material, other.material)),
        metrics=tuple(metric_changes(one.material, other.material)),
        tables=tuple(table_change(mine[name], others[name]) for name in mine if name in others),
        only_tables=(
            tuple(name for name in mine if name not in others),
            tuple(name for name in others if name not in mine),
        ),
    )


def _names(one: Studied, other: Studied) -> tuple[str, str]:
    if one.name != other.name:
        return one.name, other.name
    return f"{one.name} in {one.runs.path}", f"{other.name} in {other.runs.path}"


def _code(study: Studied) -> Path:
    return study.runs.study(study.name) / "code" / study.submission.code


def _tables(study: Studied) -> dict[str, Table]:
    """Return the tables that can be made of a study: the declared ones, else one for each stage."""
    found: dict[str, Table] = {}
    for table in study.tables:
        try:
            if table.definition is not None or not any(one.definition for one in study.tables):
                found[table.id] = table.build()
        except NotFoundError:  # a part of a study lacks what some tables show
            continue
    return found
