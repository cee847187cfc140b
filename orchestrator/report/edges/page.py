"""Writes a report as one HTML page, or one table of it for a page that is somebody else's."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from orchestrator.messages.terminal import plain
from orchestrator.report.cell_text import number, printed
from orchestrator.report.table import full, header_levels, quantity, shown

if TYPE_CHECKING:
    from jinja2 import Environment

    from orchestrator.report.document import Report
    from orchestrator.report.table import Table


def html(report: Report, folder: Path) -> str:
    """Return one page with all tables and figures in it; `folder` has the figures' files."""
    environment = _templates()
    environment.globals["picture"] = partial(_data_address, folder)
    return environment.get_template("report.html").render(report=report)


def table_html(table: Table) -> str:
    """Return one table as the report shows it, its notes below it, for a page that is somebody else's."""
    return _templates().get_template("one_table.html").render(table=table)


def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: plain(value) if type(value) is str else value,  # not of what is HTML already
    )
    environment.globals |= {"levels": header_levels, "full": full, "number": number, "printed": printed}
    environment.globals |= {"quantity": quantity, "shown": shown, "address": quote}
    return environment


def _data_address(folder: Path, name: str) -> str:
    return "data:image/png;base64," + base64.b64encode((folder / name).read_bytes()).decode()
