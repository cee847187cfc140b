"""Rows of trials as Markdown, CSV, JSON and Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import OrchestratorError
from orchestrator.messages.problems import shown
from orchestrator.report.escape import barred, no_formula

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.report.trial_rows import TrialRows

NOTHING = "—"
_LARGEST = 2**63


def as_markdown(found: TrialRows) -> str:
    """Return a table with numbers to four digits."""
    return table_of(found.columns, cells(found, found.columns))


def cells(found: TrialRows, columns: Sequence[str]) -> list[list[str]]:
    """Return the text of each cell of these columns, row by row."""
    return [
        [brief_text(row[column]) if column in row else NOTHING for column in columns] for row in found.rows
    ]


def table_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, its columns aligned."""
    lines = [[barred(text) for text in line] for line in (columns, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(
        "| " + " | ".join(f"{text:{width}}" for text, width in zip(line, widths, strict=True)) + " |\n"
        for line in lines
    )


def brief_text(value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.4g}"
    return shown(value)


def as_csv(found: TrialRows) -> str:
    """Return a line per trial with unrounded numbers; a field is empty where the trial has nothing."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(no_formula, found.columns))
    writer.writerows(
        [_field(row[column]) if column in row else "" for column in found.columns] for row in found.rows
    )
    return text.getvalue()


def _field(value: Any) -> str:
    if isinstance(value, str):
        return no_formula(value)
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return shown(value) if value is None or isinstance(value, bool | float | int) else json.dumps(value)


def as_json(found: TrialRows) -> str:
    """Return a list of objects with every column each; null is nothing, or no finite number."""
    rows = [{column: finite(row.get(column)) for column in found.columns} for row in found.rows]
    return json.dumps(rows, indent=1, allow_nan=False) + "\n"


def finite(value: Any) -> Any:
    """Return the value, or None for a number that JSON does not know."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_parquet(found: TrialRows) -> bytes:
    """Return the table in Parquet; a column with values of several kinds, lists or mappings has them as JSON.

    Raises OrchestratorError where there is no pyarrow.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise OrchestratorError(
            f"Parquet needs pyarrow, which cannot be imported: {error}", hint="pip install pyarrow"
        ) from None
    columns = {name: _uniform([row.get(name) for row in found.rows]) for name in found.columns}
    arrays = {
        name: pa.array(values, None if any(value is not None for value in values) else pa.string())
        for name, values in columns.items()
    }
    sink = io.BytesIO()
    parquet.write_table(pa.table(arrays), sink)
    return sink.getvalue()


def _uniform(values: Sequence[Any]) -> list[Any]:
    """Return values of one kind that Parquet knows: as they are, or each as JSON."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in values]
    if len(kinds) <= 1 and kinds <= {bool, int, float, str}:
        large = kinds == {int} and any(value is not None and abs(value) >= _LARGEST for value in values)
        if not large:
            return list(values)
    return [None if value is None else json.dumps(value) for value in values]


FORMS: dict[str, Callable[[TrialRows], str | bytes]] = {
    "csv": as_csv,
    "json": as_json,
    "md": as_markdown,
    "parquet": as_parquet,
}
"""What a form is called, on the command line and as the ending of a file's name -> how it is made."""
