"""Writes a report as one HTML page, or one table of it for a page that is somebody else's."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from orchestrator.messages.terminal import plain
from orchestrator.report.cell_text import number, printed
from orchestrator.report.edges.render import WRITERS
from orchestrator.report.page.charts import MOST_ROWS, deviations_chart
from orchestrator.report.page.findings import MOST_COLUMNS, agreements, best_of_columns, signed
from orchestrator.report.page.head import warnings
from orchestrator.report.page.layout import cell_parts, notes_of, part_widths, widest, with_minus
from orchestrator.report.page.page_data import packed, page_data, script_json
from orchestrator.report.table import full, header_levels, quantity, shown

if TYPE_CHECKING:
    from jinja2 import Environment

    from orchestrator.report.document import Report
    from orchestrator.report.table import Table

ASSETS = Path(__file__).parent / "assets"
_FIGURES = (
    "figure_scales.js",
    "figure_curves.js",
    "figure_searches.js",
    "figure_cells.js",
    "figure_points.js",
    "figure_numbers.js",
    "figures.js",
)
"""What draws figures; the last one begins to, with all others there."""
_OWN = ("data.js", "tables.js", "panel.js", *_FIGURES, "contents.js", "paper.js")
_DRAWING = ("d3.min.js", "plot.min.js")
"""Observable Plot and what it needs: there only where something is drawn."""
_LARGEST, _MOST_ATTACHED = 400_000, 2_000_000
"""Bytes of one PDF in the page, and of all of them."""
MOST_SHOWN = 5
"""Cautions at the head; further ones are folded away."""


def html(report: Report, folder: Path) -> str:
    """Return one page with all tables and figures in it; `folder` has the figures' files."""
    environment = _templates()
    deviating = agreements(report.tables)
    charts = {figure.id: figure.chart for figure in report.figures if figure.chart is not None}
    if any(one.deviations for one in deviating):
        charts["_deviations"] = deviations_chart(deviating)
    curves = any(one.curves for one in report.details.trials)
    scripts = [*(_DRAWING if charts or curves else ()), *_OWN]
    environment.globals |= {"picture": partial(_data_address, folder), "asset": _asset}
    environment.globals |= {"attached": _Attached(folder).address}
    return environment.get_template("report.html").render(
        report=report,
        head=report.head,
        best=best_of_columns(report.tables),
        agreements=deviating,
        warnings=warnings(report.tables),
        charts=_markup(script_json(charts)),
        drawn=frozenset(charts),
        data=_markup(packed(page_data(report.tables, report.details, report.folders, WRITERS))),
        scripts=scripts,
        policy=_policy(scripts),
        most=MOST_SHOWN,
        most_columns=MOST_COLUMNS,
        most_rows=MOST_ROWS,
    )


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
    environment.globals |= {"parts": cell_parts, "widths": part_widths, "widest": widest}
    environment.globals |= {"notes_of": notes_of, "signed": signed, "minus": with_minus}
    return environment


@cache
def _asset(name: str) -> object:
    """Return a file of ours as it stands in the page."""
    return _markup((ASSETS / name).read_text(encoding="utf-8"))


def _markup(text: str) -> object:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - our own files, and JSON without a single `<`


def _policy(scripts: list[str]) -> str:
    """Return the policy by which a browser runs these scripts, as they are, and nothing else of the page."""
    hashes = [hashlib.sha256(str(_asset(name)).encode()).digest() for name in scripts]
    allowed = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: file: 'self'; base-uri 'none'; form-action 'none'"
    )


class _Attached:
    """The files for papers that go with a page: small ones are in it, as long as all are few bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._left = folder, _MOST_ATTACHED

    def address(self, name: str) -> str:
        """Return an address that holds the file; nothing where it is too large, or not there."""
        path = self._folder / name
        size = path.stat().st_size if path.is_file() else _LARGEST + 1
        if size > min(_LARGEST, self._left):
            return ""
        self._left -= size
        return "data:application/pdf;base64," + base64.b64encode(path.read_bytes()).decode()


def _data_address(folder: Path, name: str) -> str:
    return "data:image/png;base64," + base64.b64encode((folder / name).read_bytes()).decode()
