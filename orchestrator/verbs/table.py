"""The verb that builds one table at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from orchestrator.messages.errors import StudyFileError, UserError
from orchestrator.messages.terminal import say, show_lines, tell
from orchestrator.verbs import completion
from orchestrator.verbs.lookup import find_submitted
from orchestrator.verbs.options import RUNS, Json, Runs, StudyName, given_path
from orchestrator.verbs.study_files import file_of
from orchestrator.verbs.width import terminal_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.table import Table

Form = Literal["md", "csv", "tex", "html", "json"]
Listed = Optional[list[str]]


def table(
    study: StudyName,
    identity: Annotated[
        Optional[str], typer.Argument(metavar="[TABLE]", help="The id of a table of a report file.")
    ] = None,
    rows: Annotated[
        Listed, typer.Option(metavar="AXIS,...", help="Axes of the rows.", autocompletion=completion.axes)
    ] = None,
    columns: Annotated[
        Listed, typer.Option(metavar="AXIS,...", help="Axes of the columns.", autocompletion=completion.axes)
    ] = None,
    metric: Annotated[Listed, typer.Option(metavar="METRIC,...", help="What cells show.")] = None,
    compare: Annotated[
        Optional[str], typer.Option(metavar="VALUE", help="What each cell is compared to.")
    ] = None,
    where: Annotated[
        Listed, typer.Option(metavar="AXIS=VALUE,...", help="Only trials with these; repeatable.")
    ] = None,
    stage: Annotated[
        Optional[str], typer.Option(help="The stage.", autocompletion=completion.submitted_stages)
    ] = None,
    aggregate: Annotated[
        Listed,
        typer.Option(
            metavar="AXIS,...",
            help="What cells are means over; by default seed.",
            autocompletion=completion.axes,
        ),
    ] = None,
    better: Annotated[
        Optional[Literal["higher", "lower", "none"]], typer.Option(help="Which value is bold.")
    ] = None,
    spread: Annotated[
        Literal["std", "sem", "ci95", "range", "none"], typer.Option(help="What is behind the mean.")
    ] = "std",
    digits: Annotated[Optional[int], typer.Option(help="Decimals; else as the spread has it.")] = None,
    scale: Annotated[float, typer.Option(help="Factor: 100 for percent.")] = 1.0,
    form: Annotated[Optional[Form], typer.Option(help="How it is written; but for a terminal, md.")] = None,
    as_json: Json = False,
    out: Annotated[
        Optional[Path],
        typer.Option(help="Write this file; its ending says how.", parser=given_path, metavar="FILE"),
    ] = None,
    runs: Runs = RUNS,
) -> None:
    """Build one table at once, also without a report file.

    What is left out is chosen: rows over all axes that nothing else names, the metric that the stage is
    about, and which of its values are better. A declared table is named by its id.

    \b
    Examples:
      python -m orchestrator table toy
      python -m orchestrator table toy --rows opt --columns lr --compare sgd
      python -m orchestrator table toy --where lr=0.1,0.4 --form tex
    """
    from orchestrator.files.record_file import write_beside
    from orchestrator.report.table_over import AskedTable

    way = chosen_form(form, out, as_json=as_json)
    over = ["seed"] if aggregate is None else parts(aggregate)
    options: dict[str, Any] = {"aggregate": over, "spread": spread, "digits": digits, "scale": scale}
    options |= {} if compare is None else {"compare": value_of("--compare", compare)}
    asked = AskedTable(
        rows=parts(rows),
        columns=parts(columns),
        metrics=parts(metric),
        stage=stage,
        where=conditions(where or ()),
        better=better,
        options=options,
    )
    made = _made(study, runs, identity, asked)
    if form is None and not as_json and not out and (width := terminal_width()):
        from orchestrator.verbs.table_view import table_lines

        show_lines(table_lines(made, width))
        return
    text = written(made, way)
    if out:
        write_beside(out, text)
        say(f"written to {out}")
    else:
        tell(text.removesuffix("\n"))


def _made(study: str, runs: Path, identity: str | None, asked: Any) -> Table:
    """Return the table that is declared, or that is asked for."""
    from orchestrator.engine.observe import Observer
    from orchestrator.report.directions import all_said
    from orchestrator.report.edges.declared_table import declared_table
    from orchestrator.report.edges.newest_reports import newest_reports
    from orchestrator.report.report import gather_all
    from orchestrator.report.table_over import table_over

    folder, submission = find_submitted(study, runs)
    material = gather_all(folder, submission, Observer(folder, submission).look())
    if identity is None:
        return table_over(material, asked, all_said(submission.study))
    if asked.rows or asked.columns or asked.metrics:
        raise UserError(
            f"`{identity}` is a table that a report file declares, with rows, columns and metrics of its own",
            hint=f"leave out `{identity}`, or the options",
        )
    return declared_table(identity, newest_reports(submission, say, file_of(study, folder)), material)


def written(made: Table, form: Form) -> str:
    """Return a table in one of its forms."""
    from orchestrator.report.document import table_json
    from orchestrator.report.edges.page import table_html
    from orchestrator.report.edges.render import WRITERS

    if form == "json":
        return json.dumps(table_json(made), indent=1, allow_nan=False) + "\n"
    return table_html(made) if form == "html" else WRITERS[form](made)


def chosen_form(form: Form | None, out: Path | None, *, as_json: bool) -> Form:
    """Return the form that was asked for, else that of the file; UserError where these are two, or none."""
    if as_json and form not in (None, "json"):
        raise UserError(f"--json and --form {form} are two forms of one output", hint="type one of them")
    if form or as_json:
        return form or "json"
    endings: dict[str, Form] = {".md": "md", ".csv": "csv", ".tex": "tex", ".html": "html", ".json": "json"}
    if out is None:
        return "md"
    if out.suffix not in endings:
        hint = f"let it end in one of {', '.join(endings)}, or add --form"
        raise UserError(f"the name of `{out}` does not say in which form to write it", hint=hint)
    return endings[out.suffix]


def parts(given: Sequence[str] | None) -> list[str]:
    """Return names that were typed one by one or with commas."""
    return [name for text in given or () for part in text.split(",") if (name := part.strip())]


def conditions(given: Sequence[str]) -> dict[str, Any]:
    """Return axis -> values of what `--where` says; UserError for what is no condition."""
    found: dict[str, Any] = {}
    for text in given:
        axis, equals, raw = (part.strip() for part in text.partition("="))
        if not axis or not equals or not raw:
            hint = "write --where AXIS=VALUE, or AXIS=VALUE,VALUE for any of them"
            raise UserError(f"--where {text}: that is no condition", hint=hint)
        found.setdefault(axis, []).extend(value_of(f"--where {text}", f"[{raw}]"))
    return found


def value_of(place: str, text: str) -> Any:
    """Return what a text says, as the study file would have it; UserError where it says nothing."""
    from orchestrator.files.yaml_file import parse_value

    try:
        return parse_value(text, place)
    except StudyFileError as error:
        told = "; ".join(problem.message for problem in error.problems)
        raise UserError(f"{place}: {told}", hint="put a text with such signs in quotes") from None
