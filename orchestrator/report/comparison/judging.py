"""What a table says of its cells against each other: what is unlike, what is best, what differs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from orchestrator.report.comparison.columns import with_comparison_columns, with_mean_rank
from orchestrator.report.comparison.compare_cells import with_compared
from orchestrator.report.comparison.definition import TableComparison
from orchestrator.report.comparison.separable import competing_places, with_best
from orchestrator.report.comparison.unlike import with_unlike
from orchestrator.report.comparison.wording import bold_note, compared_note

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.report.comparison.partners import CellPlace
    from orchestrator.report.selection import Material
    from orchestrator.report.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How the cells of a table are set against each other."""

    compare: TableComparison = field(default_factory=TableComparison)
    partners: Mapping[CellPlace, CellPlace] = field(default_factory=dict)
    """Cell -> the one that it is compared to."""
    named: Collection[str] = ()
    """Axes by which the table's lines differ."""
    unit: Sequence[str] = ("seed",)
    """Axes by which values pair."""
    ranks: bool = False

    def judged(self, table: Table, material: Material) -> Table:
        """Return the table with ranks, best cells, comparisons, and what makes cells unlike."""
        groups = [*competing_places(table.rows), *self._against_bases()]
        rows = with_unlike(table.rows, groups, material, named=self.named, ignore=self.compare.ignore)
        rows = with_best(rows, self.compare)
        return replace(table, rows=with_compared(rows, table.columns, self.partners, self.compare))

    def widened(self, table: Table) -> Table:
        """Return the judged table with the columns that comparisons and ranks add."""
        table = with_comparison_columns(table, self.compare)
        return with_mean_rank(table) if self.ranks else table

    def notes(self, table: Table) -> list[str]:
        """Return what bold and stars of the judged table mean."""
        found = (bold_note, compared_note)
        return [text for note in found if (text := note(table.rows, self.compare, self.unit))]

    def _against_bases(self) -> list[set[CellPlace]]:
        return [
            {base, *(place for place, other in self.partners.items() if other == base)}
            for base in dict.fromkeys(self.partners.values())
        ]
