"""The verb that trains a cell of a table again."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.messages.problems import listed, nearest
from orchestrator.messages.terminal import give, say, show
from orchestrator.verbs import completion
from orchestrator.verbs.lookup import open_runs, study_names
from orchestrator.verbs.options import RUNS, ClusterName, Cpu, Json, Runs, given_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.verbs.training_again import MeantCell

_MOST_WORDS = 2


def reproduce(
    cell: Annotated[
        list[str],
        typer.Argument(
            metavar="[STUDY] TABLE:ROW/COLUMN",
            help="The cell, by the labels that it stands at.",
            autocompletion=completion.studies,
        ),
    ],
    tolerance: Annotated[
        float, typer.Option(min=0, help="Numbers may differ by this share of the larger one; 0: by nothing.")
    ] = 0.0,
    cluster: ClusterName = "local",
    cpu: Cpu = False,
    again: Annotated[
        bool, typer.Option("--again", help="Remove an earlier reproduction of the cell, and train anew.")
    ] = False,
    runs: Runs = RUNS,
    data: Annotated[
        Optional[Path],
        typer.Option(help="Datasets; as they were without it.", parser=given_path, metavar="<path>"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a cell of a table again, and compare.

    Its trials and all that they need are trained in a run folder of their own, with the code that made them.
    Exit code 1 where a metric differs by more than the tolerance. Stopped, it goes on when typed again.

    \b
    Examples:
      python -m orchestrator reproduce toy train:0.1/loss
      python -m orchestrator reproduce table_5_1:VGG16/Gender/LFW/Hair
    """
    from orchestrator.report.reproduction.agreement import compared
    from orchestrator.report.reproduction.words import pair_table, reproduction_json, verdict_lines
    from orchestrator.verbs.training_again import HowAgain, trained_again

    meant = _meant(cell, runs)
    how = HowAgain(words=cell, cluster=cluster, cpu=cpu, anew=again, data=data)
    trained = trained_again(meant, how)
    if trained is None:
        return
    pairs = [
        compared(
            trial,
            meant.study.results[trial.id],
            trained.results[trial.id],
            tolerance=tolerance,
            of_cell=trial.id in meant.placed.cell.trials,
        )
        for trial in trained.trials
    ]
    after = {trial: result.metrics for trial, result in trained.results.items()}
    now = meant.placed.same_in(meant.source.with_metrics(after).build())
    if as_json:
        give(reproduction_json(meant.placed, now, pairs, tolerance))
    else:
        show(pair_table(pairs, meant.placed.cell.metric))
    for line in (*verdict_lines(meant.placed, now, pairs, tolerance), f"all of it is in {trained.folder}"):
        say(line)
    raise typer.Exit(0 if all(pair.within for pair in pairs) else 1)


def _meant(words: Sequence[str], runs: Path) -> MeantCell:
    """Return the cell that was typed; UserError or NotFoundError where it is none, or several."""
    from orchestrator.report.reproduction.cell_address import find_cell, parted
    from orchestrator.verbs.studied import look_at
    from orchestrator.verbs.training_again import MeantCell

    if len(words) > _MOST_WORDS:
        raise UserError(
            f"{len(words)} words were given",
            hint="write [STUDY] TABLE:ROW/COLUMN, in quotes where a label has spaces",
        )
    table, labels = parted(words[-1])
    studies = [look_at(name, runs) for name in words[:-1] or study_names(open_runs(runs))]
    having = [(study, one) for study in studies for one in study.tables if one.id == table]
    if not having:
        raise _no_table(table, {one.id for study in studies for one in study.tables}, runs)
    if len(having) > 1:
        several = [study.name for study, _ in having]
        raise UserError(
            f"the studies {listed(several)} have a table `{table}`",
            hint=f"name one: python -m orchestrator reproduce {several[0]} {shlex.quote(words[-1])}",
        )
    study, source = having[0]
    placed = find_cell(source.build(), labels, source.fixed)
    return MeantCell(study=study, source=source, placed=placed)


def _no_table(table: str, known: set[str], runs: Path) -> NotFoundError:
    if not known:
        return NotFoundError(f"there is no study in {runs} yet", hint="submit one first")
    hint = nearest(table, sorted(known), f"the tables are: {listed(sorted(known))}")
    return NotFoundError(f"there is no table `{table}`", hint=hint)
