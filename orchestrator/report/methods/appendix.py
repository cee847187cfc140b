"""The methods appendix: every section that the evidence has something for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.methods.counts import data_counts, other_counts
from orchestrator.report.methods.effort import effort, hardware, software
from orchestrator.report.methods.experiments import experiments, randomness
from orchestrator.report.methods.from_tables import cautions, deviations, statistics
from orchestrator.report.methods.mishaps import mishaps
from orchestrator.report.methods.parameters import parameters
from orchestrator.report.methods.searched import searches

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.report.methods.methods_section import MethodsSection
    from orchestrator.report.searches.outcome import SearchResults
    from orchestrator.report.selection import Material
    from orchestrator.report.table import Table
    from orchestrator.study.study import Study


def appendix(
    study: Study,
    seen: Seen,
    material: Material,
    *,
    tables: Sequence[Table],
    searched: Sequence[SearchResults],
    commits: Mapping[str, str],
    flags: Collection[str] = (),
) -> tuple[MethodsSection, ...]:
    """Return the sections, those left out that would be empty; `commits` are of snapshots, by their hash.

    Metrics of `flags` say of a trial that something is so, and count nothing.
    """
    results = [one.result for one in seen.evidence.values() if one.result]
    sections = (
        experiments(study, seen),
        data_counts(material, flags),
        other_counts(material, networks=False),
        other_counts(material, networks=True),
        parameters(study, seen),
        searches(study, searched),
        randomness(study, seen),
        statistics(tables),
        software(results, commits),
        hardware(results),
        effort(study, material),
        mishaps(seen),
        deviations(tables),
        cautions(tables),
    )
    return tuple(section for section in sections if not section.empty)
