"""A table of results as Python and a notebook use it: numbers, text, and the forms that the report writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.report.cell_text import number
from orchestrator.report.edges.page import table_html
from orchestrator.report.edges.render import WRITERS
from orchestrator.report.frames import cell_frame
from orchestrator.report.table import full

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from orchestrator.report.table import Cell, Table


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Rows and columns of means over trials; every cell knows its trials."""

    table: Table
    """The same as reports are made of: rows, columns, cells and notes."""

    @property
    def values(self) -> pd.DataFrame:
        """The means as numbers, unrounded; NaN where there is none.

        >>> study.table(rows="lr", metric="loss").values.shape
        (2, 1)
        """
        return self._frame(lambda cell: float("nan") if cell.value is None else cell.value)

    @property
    def text(self) -> pd.DataFrame:
        """The cells as people read them, as `0.655 ± 0.004`.

        >>> study.table(rows="lr", metric="loss").text.loc["0.1", "loss"]
        '0.27 ± 0.23'
        """
        return self._frame(number)

    @property
    def cells(self) -> pd.DataFrame:
        """One line per cell: value, spread, interval, how many values, how many are missing, the trials.

        >>> study.table(rows="lr", metric="loss").cells["n"].tolist()
        [2, 2]
        """
        return cell_frame(self.table)

    def to_latex(self) -> str:
        r"""Return the table for LaTeX; its first line says which packages the document needs.

        >>> study.table(rows="lr", metric="loss").to_latex().splitlines()[2]
        '\\begin{table}[htbp]'
        """
        return WRITERS["tex"](self.table)

    def to_markdown(self) -> str:
        """Return the table in Markdown, its notes below it.

        >>> print(study.table(rows="lr", metric="loss").to_markdown().splitlines()[0])
        ### loss of train by lr
        """
        return WRITERS["md"](self.table)

    def to_csv(self) -> str:
        """Return one line per cell, its numbers unrounded.

        >>> study.table(rows="lr", metric="loss").to_csv().startswith("row,column,metric,value")
        True
        """
        return WRITERS["csv"](self.table)

    def _frame(self, shown: Callable[[Cell], object]) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(
            [[shown(cell) for cell in row.cells] for row in self.table.rows],
            index=[full(row.path) for row in self.table.rows],
            columns=[full(column) for column in self.table.columns],
        )

    def __repr__(self) -> str:
        return self.to_markdown().rstrip()

    def _repr_html_(self) -> str:
        return table_html(self.table)
