"""The verb that says what is best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from orchestrator.messages.errors import UserError
from orchestrator.messages.terminal import give, say, tell
from orchestrator.verbs import completion
from orchestrator.verbs.lookup import find_submitted
from orchestrator.verbs.next_step import after_best
from orchestrator.verbs.options import RUNS, Json, Runs, StudyName
from orchestrator.verbs.saying_next import say_next

if TYPE_CHECKING:
    from orchestrator.report.searches.best_trials import StageBest
    from orchestrator.study.objective import Best


def best(
    study: StudyName,
    stage: Annotated[
        str, typer.Argument(help="A stage of it, as a search.", autocompletion=completion.submitted_stages)
    ],
    minimize: Annotated[
        Optional[str], typer.Option(metavar="METRIC", help="Best is the least of this metric.")
    ] = None,
    maximize: Annotated[
        Optional[str], typer.Option(metavar="METRIC", help="Best is the largest of this metric.")
    ] = None,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Print a study file with the best instead of the search.")
    ] = False,
    as_json: Json = False,
    runs: Runs = RUNS,
) -> None:
    """Say which trial of a stage is best, with its parameters.

    A row for each point of the axes around a search; with several objectives one for each trial that none is
    better than. What is best says the search, a stage that needs the best, or an option.

    \b
    Examples:
      python -m orchestrator best faces sweep
      python -m orchestrator best faces sweep --yaml
      python -m orchestrator best toy train --minimize loss
    """
    from orchestrator.engine.observe import Observer
    from orchestrator.report.edges.best_found import stage_best
    from orchestrator.report.searches.best_table import best_json
    from orchestrator.verbs.best_yaml import best_yaml

    asked = _asked(minimize, maximize)
    if as_yaml and as_json:
        raise UserError("--yaml and --json are two forms of one output", hint="type one of them")
    folder, submission = find_submitted(study, runs)
    found = stage_best(submission, Observer(folder, submission).look(), stage, asked)
    if as_yaml:
        tell(best_yaml(folder, submission, found).removesuffix("\n"))
    elif as_json:
        give(best_json(found))
    else:
        tell(_table(found))
    for note in found.notes:
        say(note)
    if len(found.found) < found.points:
        say(f"at {found.points - len(found.found)} of {found.points} points nothing has a value yet")
    if not (as_yaml or as_json):
        say_next(after_best(submission.study.name, stage), folder.path)


def _asked(minimize: str | None, maximize: str | None) -> Best | None:
    """Return what is asked for; UserError for two directions at once."""
    from orchestrator.study.objective import Best

    if minimize is None and maximize is None:
        return None
    if minimize is not None and maximize is not None:
        raise UserError("--minimize and --maximize are two directions", hint="type one of them")
    if not (minimize or maximize):
        raise UserError("the metric is empty", hint="name one: --minimize METRIC")
    return Best(minimize=minimize, maximize=maximize)


def _table(found: StageBest) -> str:
    from orchestrator.report.searches.best_table import best_rows
    from orchestrator.report.trial_forms import NOTHING, brief_text, table_of

    columns, rows = best_rows(found)
    texts = [[brief_text(row[name]) if name in row else NOTHING for name in columns] for row in rows]
    return table_of(columns, texts).removesuffix("\n")
