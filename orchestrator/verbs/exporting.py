"""The verb that gives results as data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from orchestrator.messages.errors import UserError
from orchestrator.messages.problems import listed
from orchestrator.messages.terminal import say, tell
from orchestrator.verbs import completion
from orchestrator.verbs.lookup import find_submitted
from orchestrator.verbs.next_step import after_results
from orchestrator.verbs.options import RUNS, Json, Runs, StudyName, given_path
from orchestrator.verbs.saying_next import say_next
from orchestrator.verbs.width import terminal_width

if TYPE_CHECKING:
    from orchestrator.report.trial_rows import TrialRows

_FORMS = ("md", "csv", "json", "parquet")
_MOST_NAMED = 8
"""Columns without room that are named."""


def results(
    study: StudyName,
    where: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="AXIS=VALUE,...",
            help="Only these: of an axis, a parameter, stage or state; repeatable.",
            autocompletion=completion.columns,
        ),
    ] = None,
    as_markdown: Annotated[bool, typer.Option("--md", help="Markdown, also without this.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values, unrounded.")] = False,
    as_json: Json = False,
    as_parquet: Annotated[bool, typer.Option("--parquet", help="Parquet; needs --out.")] = False,
    out: Annotated[
        Optional[Path],
        typer.Option(
            help="Write this file; .csv, .json, .md or .parquet say how.", parser=given_path, metavar="FILE"
        ),
    ] = None,
    runs: Runs = RUNS,
) -> None:
    """Give every trial as a row: axes, parameters, metrics, cost.

    Trials that are not done have a row too. A wide table is cut for a terminal only, and says so; a parameter
    or metric whose name is taken already is called param.NAME or metric.NAME.

    \b
    Examples:
      python -m orchestrator results toy
      python -m orchestrator results toy --where lr=0.1,0.4 --where state=done
      python -m orchestrator results toy --out toy.parquet
    """
    from orchestrator.engine.observe import Observer
    from orchestrator.files.record_file import write_beside
    from orchestrator.report.report import gather
    from orchestrator.report.trial_forms import FORMS
    from orchestrator.report.trial_rows import trial_rows
    from orchestrator.verbs.where import where as asked_for

    asked = dict(zip(_FORMS, (as_markdown, as_csv, as_json, as_parquet), strict=True))
    form = chosen_form([name for name, wanted in asked.items() if wanted], out)
    folder, submission = find_submitted(study, runs)
    material = gather(submission, Observer(folder, submission).look())
    found = asked_for(trial_rows(material), list(material.stages), where or ())
    if out:
        write_beside(out, FORMS[form](found))
        say(f"{len(found.rows)} trials written to {out}")
    elif form == "md" and (width := terminal_width()):
        _show(found, width)
    else:
        text = FORMS[form](found)
        assert isinstance(text, str), "Parquet is refused without a file"
        tell(text.removesuffix("\n"))
    if not found.rows:
        say("no trial is like that")
    for stage, count in material.undecided.items():
        if count:
            say(f"note: {count} trials of stage {stage} are not decided yet, and have no row")
    if form == "md" and not out:  # the other forms are for programs
        say_next(after_results(submission.study.name), folder.path)


def chosen_form(asked: list[str], out: Path | None) -> str:
    """Return the form that was asked for, else that of the file; UserError where that is none or several."""
    if len(asked) > 1:
        raise UserError(
            f"{' and '.join(f'--{name}' for name in asked)} are several forms of one output",
            hint=f"type one of them; --out FILE.{asked[-1]} writes a file",
        )
    suffix = out.suffix.lstrip(".").lower() if out else ""
    form = asked[0] if asked else suffix or "md"
    if form not in _FORMS or (out and not asked and not suffix):
        endings = listed(f".{name}" for name in _FORMS)
        raise UserError(
            f"the name of `{out}` does not say in which form to write it",
            hint=f"let it end in one of {endings}, or add --csv, --json, --md or --parquet",
        )
    if form == "parquet" and not out:
        raise UserError("Parquet is nothing to look at", hint="name a file: --out FILE.parquet")
    if out and out.is_dir():
        raise UserError(f"`{out}` is a folder", hint=f"name a file in it: --out {out}/results.{form}")
    return form


def _show(found: TrialRows, width: int) -> None:
    """Print what a terminal has room for, and say what is not there."""
    from orchestrator.report.fitting import fitted

    table = fitted(found, width)
    tell(table.text.removesuffix("\n"))
    if table.same:
        say("the same in all: " + ", ".join(f"{name} {value}" for name, value in table.same.items()))
    if table.left_out:
        named, rest = table.left_out[:_MOST_NAMED], len(table.left_out) - _MOST_NAMED
        more = f" and {rest} more columns" * (rest > 0)
        say(f"no room for {', '.join(named)}{more}: a wider terminal, --csv or --out FILE.csv has all")
