"""On what machines results were made, with which software, and what that took."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from orchestrator.evidence.gpu_use import gpu_use
from orchestrator.report.methods.methods_section import MethodsSection, MethodsTable, counted
from orchestrator.study.shape import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.evidence.evidence import Result
    from orchestrator.report.selection import Material, Observation
    from orchestrator.study.study import Study

_PACKAGES = ("python", "torch", "torchvision", "numpy", "task")
_ENERGY = "energy"
_TIME = (
    "Time is that of all attempts that left a record, failed and interrupted ones included; "
    "core-hours are those of the cores that were asked for."
)


def software(results: Sequence[Result], commits: Mapping[str, str]) -> MethodsSection:
    """Return which snapshots of the code made how many results, at which commits, and with which packages."""
    codes = Counter(result.code for result in results)
    items = [
        (f"code `{code}`", f"{counted(count, 'result')}{f', {commits[code]}' if code in commits else ''}")
        for code, count in codes.most_common()
    ]
    items += [(package, versions) for package in _PACKAGES if (versions := _told(results, package))]
    return MethodsSection(title="Code and software", items=tuple(items))


def hardware(results: Sequence[Result]) -> MethodsSection:
    """Return on how many machines, and on which GPUs, results were made."""
    hosts = {str(result.provenance["host"]) for result in results if "host" in result.provenance}
    items = [("machines", str(len(hosts)))] if hosts else []
    items.append(("GPUs", _told(results, "gpu") or "none was used, as far as results tell"))
    if threads := _told(results, "threads"):
        items.append(("threads of a trial", threads))
    together = Counter(int(one.provenance.get("lockstep", 1)) for one in results)
    shared = Counter(int(one.provenance.get("slots", 1)) for one in results)
    for counts, what in ((together, "trained in lockstep"), (shared, "trained beside others on one machine")):
        if alike := sum(count for number, count in counts.items() if number > 1):
            items.append((what, f"{alike} of {counted(len(results), 'result')}"))
    uses = [use for one in results if (use := gpu_use(one.provenance))]
    busy = [use.busy for use in uses if use.busy is not None]
    if busy:
        mean = sum(busy) / len(busy)
        items.append(
            ("GPUs were busy", f"{mean:.0f} % of the time, the mean over {counted(len(busy), 'result')}")
        )
    return MethodsSection(title="Hardware", items=tuple(items) if results else ())


def effort(study: Study, material: Material) -> MethodsSection:
    """Return what each stage took: attempts, time, GPU-hours, core-hours; a trial counts once in the sum."""
    rows: list[tuple[str, ...]] = []
    every: dict[str, tuple[Observation, int]] = {}
    for stage in study.stages:
        seen = [(one, stage.shape_of(one.trial).cpus) for one in material.stages.get(stage.name, ())]
        every |= {one.trial.id: (one, cpus) for one, cpus in seen}
        if any(one.attempts for one, _ in seen):
            rows.append((f"`{stage.name}`", *_amounts(seen)))
    if not rows:
        return MethodsSection(title="Time and energy")
    if len(rows) > 1:
        rows.append(("all, each trial once", *_amounts(list(every.values()))))
    header: tuple[str, ...] = ("stage", "attempts", "time", "core-hours", "GPU-hours")
    if not any(one.gpus for one, _ in every.values()):
        header, rows = header[:-1], [row[:-1] for row in rows]
    return MethodsSection(
        title="Time and energy",
        paragraphs=(_TIME, _energy(one for one, _ in every.values())),
        table=MethodsTable(header=header, rows=tuple(rows)),
    )


def _amounts(seen: Sequence[tuple[Observation, int]]) -> tuple[str, ...]:
    return (
        str(sum(one.attempts for one, _ in seen)),
        format_duration(sum(one.seconds for one, _ in seen)),
        f"{sum(cpus * one.seconds / 3600 / one.sharers for one, cpus in seen):.2f}",
        f"{sum(one.gpu_hours for one, _ in seen):.2f}",
    )


def _energy(seen: Iterable[Observation]) -> str:
    """Return the sum of each metric that is called so."""
    sums: dict[str, list[float]] = {}
    for one in seen:
        for name, value in (one.metrics or {}).items():
            if _ENERGY in name.lower():
                sums.setdefault(name, []).append(value)
    if not sums:
        return "Energy was not measured."
    told = [
        f"`{name}` {sum(values):,.4g} over {counted(len(values), 'trial')}" for name, values in sums.items()
    ]
    return f"Energy as trials measured it: {', '.join(told)}."


def _told(results: Sequence[Result], fact: str) -> str:
    told = [one.provenance[fact] for one in results if one.provenance.get(fact) is not None]
    counts = Counter(map(str, told))
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{value} ({counted(count, 'result')})" for value, count in counts.most_common())
