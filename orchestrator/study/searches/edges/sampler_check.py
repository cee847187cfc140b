"""Whether the samplers of a study file can be made: their options, and the packages that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.study.searches.edges.optuna_options import lacking_packages, mistakes_of

if TYPE_CHECKING:
    from orchestrator.messages.problems import Problems
    from orchestrator.study.study_file import StudyFile


def check_samplers(file: StudyFile, problems: Problems) -> None:
    """Note options that Optuna would refuse; without options Optuna is not imported, which takes its time."""
    for name, entry in file.stages.items():
        if (search := entry.search) is None:
            continue
        kind, options = search.sampler_name, search.sampler_options
        found = mistakes_of("sampler", kind, options) if options else lacking_packages("sampler", kind)
        for mistake in found:
            keys = ("stages", name, "search", "sampler", *mistake.keys)
            problems.add(keys if options else keys[:4], mistake.message, mistake.hint)
