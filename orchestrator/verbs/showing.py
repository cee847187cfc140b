"""Verbs that show results."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, Optional

import typer

from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.messages.terminal import give, say, show_lines, tell
from orchestrator.verbs import completion
from orchestrator.verbs.kept_current import Mlflow, kept_current
from orchestrator.verbs.lookup import find_submitted, name_of, open_runs
from orchestrator.verbs.next_step import after_report
from orchestrator.verbs.options import RUNS, Json, Runs, StudyName, given_path
from orchestrator.verbs.saying_next import say_next
from orchestrator.verbs.study_files import file_of
from orchestrator.verbs.width import terminal_width

if TYPE_CHECKING:
    from orchestrator.report.document import Report
    from orchestrator.report.main_tables import MainTables

_MOST_NAMED = 6
"""Tables that are named as being elsewhere."""


def report(
    study: StudyName,
    runs: Runs = RUNS,
    out: Annotated[
        Optional[Path], typer.Option(help="Folder to write to.", parser=given_path, metavar="<path>")
    ] = None,
    as_json: Json = False,
    all_: Annotated[bool, typer.Option("--all", help="Print every table, not the main ones.")] = False,
    files: Annotated[
        Optional[list[Path]],
        typer.Option(
            "--report",
            help="This report file instead of those that the study names.",
            parser=given_path,
            metavar="FILE",
            autocompletion=completion.study_files,
        ),
    ] = None,
    init: Annotated[
        bool, typer.Option("--init", help="Write a report file to start from; --report says where.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 where compared trials are unlike, as in code or data.")
    ] = False,
    paper: Annotated[
        bool, typer.Option("--paper", help="Also a LaTeX document with all tables and figures, compiled.")
    ] = False,
    text_width: Annotated[
        float, typer.Option(min=100, max=2000, help="Width of the paper's text, in points.")
    ] = 345,
    mlflow: Mlflow = True,
) -> None:
    """Build the tables and figures of a study.

    The main tables are printed; all of them are written as Markdown, CSV, LaTeX and one HTML page. Report
    files are read as they are now. Then MLflow is brought up to date, the report with it.

    \b
    Examples:
      python -m orchestrator report toy
      python -m orchestrator report grids/full_study.yaml --out tables --all
      python -m orchestrator report study.yaml --init --report report.yaml
      python -m orchestrator report toy --paper --text-width 252
    """
    from orchestrator.engine.observe import Observer
    from orchestrator.report.edges.newest_reports import newest_reports
    from orchestrator.report.edges.paper import compile_paper, write_paper
    from orchestrator.report.latex_layout import TextArea
    from orchestrator.report.report import report_json, write_report
    from orchestrator.verbs.starting_report import write_starting_report
    from orchestrator.verbs.strictness import refuse_unlike

    if init:
        write_starting_report(study, runs, files or [])
        return
    if out and not out.is_dir() and (out.exists() or out.is_symlink()):
        raise UserError(f"`{out}` is no folder", hint="give a folder, there or not: --out FOLDER")
    folder, submission = find_submitted(study, runs)
    named = files or newest_reports(submission, say, file_of(study, folder))
    seen = Observer(folder, submission).look()
    place = out or folder.study(submission.study.name) / "report"
    with kept_current(folder, submission.study.name, mlflow=mlflow):
        written = write_report(folder, submission, seen, place, named)
        if as_json:
            give(report_json(written))
        else:
            _print(written, whole=all_)
        say(f"written to {place}/report.html")
        if paper:
            say(compile_paper(write_paper(written, place, TextArea(text_width))))
        if strict:
            refuse_unlike(table for chapter in written.chapters for table in chapter.tables)
    if not as_json:
        say_next(after_report(submission.study.name), folder.path)


def _print(written: Report, *, whole: bool) -> None:
    """Print the main tables, and say what else there is."""
    from orchestrator.report.main_tables import main_tables
    from orchestrator.report.report import as_text

    main = main_tables(written)
    printed = written if whole else main.report
    if width := terminal_width():
        from orchestrator.verbs.table_view import report_lines

        show_lines(report_lines(printed, width))
    else:
        tell(as_text(printed))
    if not whole and (elsewhere := _elsewhere(main)):
        say(f"not printed: {elsewhere}; `--all` prints every table")


def _elsewhere(main: MainTables) -> str:
    """Return what is not printed, as `2 tables (a, b) and 1 figure`."""
    others = main.others
    more = f" and {len(others) - _MOST_NAMED} more" * (len(others) > _MOST_NAMED)
    tables = f"{len(others)} table{'s' * (len(others) > 1)} ({', '.join(others[:_MOST_NAMED])}{more})"
    figures = f"{main.figures} figure{'s' * (main.figures > 1)}"
    return " and ".join([tables] * bool(others) + [figures] * bool(main.figures))


def ui(
    study: Annotated[
        Optional[str],
        typer.Argument(
            help="Only this study; else all of the run folder.", autocompletion=completion.studies
        ),
    ] = None,
    runs: Runs = RUNS,
    port: Annotated[
        Optional[int], typer.Option(min=1, max=65535, help="A port of 127.0.0.1; a free one by default.")
    ] = None,
) -> None:
    """Show trials side by side in MLflow's UI.

    Serves MLflow's UI on loopback, replays the run folder into it, and keeps it current until Ctrl-C.
    Where MLFLOW_TRACKING_URI names a server, that is kept current instead.

    \b
    Examples:
      python -m orchestrator ui
      python -m orchestrator ui toy --port 5000
    """
    from orchestrator.tracking.serve_ui import serve_ui
    from orchestrator.verbs.progress import Progress

    folder = open_runs(runs)
    names = (
        [name_of(study, folder)]
        if study
        else sorted(path.parent.name for path in (runs / "studies").glob("*/study.json"))
    )
    if not names:
        raise NotFoundError(f"there is no study in {runs} yet", hint="submit one first")
    for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: the server must end too
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(number, _end)
    with Progress(several=len(names) > 1) as progress:
        progress.open()
        serve_ui(folder, names, port, say, progress.count, opened=progress.rest)


def _end(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)
