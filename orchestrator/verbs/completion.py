"""What a shell offers where a study, a trial, a stage or a cluster is typed: quickly, without errors."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer  # noqa: TC002 - it evaluates annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from orchestrator.study.names import Names
    from orchestrator.study.study import Study

_MOST = 200
"""So many names are offered at most; nobody reads more."""
_LARGEST = 4 * 1024**2
"""Bytes of a submission that is read while somebody waits."""
_FAN = 2
"""Digits of an id that name the folder in which its trial lies."""


def _offering(find: Callable[[typer.Context, str], Iterable[str]]) -> Callable[..., list[str]]:
    """Return what offers the first names that begin so, and nothing where none can be found."""

    def offer(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            fitting = (name for name in find(ctx, incomplete) if name.startswith(incomplete))
            return list(itertools.islice(dict.fromkeys(fitting), _MOST))
        except Exception:  # a message would stand in the middle of what is typed
            return []

    return offer


@_offering
def study_files(_: typer.Context, incomplete: str) -> Iterable[str]:
    """Offer YAML files, those in the folders that are begun too."""
    return _yaml_files(incomplete)


@_offering
def studies(ctx: typer.Context, incomplete: str) -> Iterable[str]:
    """Offer the studies of the run folder, and YAML files."""
    return [*_submitted(ctx), *_yaml_files(incomplete)]


@_offering
def trials(ctx: typer.Context, incomplete: str) -> Iterable[str]:
    """Offer the ids of trials that have begun."""
    return _trials(ctx, incomplete)


@_offering
def studies_and_trials(ctx: typer.Context, incomplete: str) -> Iterable[str]:
    """Offer studies, YAML files, and trials once a digit is typed."""
    begun = _trials(ctx, incomplete) if incomplete else ()
    return itertools.chain(_submitted(ctx), _yaml_files(incomplete), begun)


@_offering
def stages(ctx: typer.Context, _: str) -> Iterable[str]:
    """Offer the stages of the study file that was typed."""
    return sorted(_names_of_file(ctx).stages)


@_offering
def submitted_stages(ctx: typer.Context, _: str) -> Iterable[str]:
    """Offer the stages of the submitted study that was typed, searches first."""
    stages = sorted(_study(ctx).stages, key=lambda stage: stage.search is None)
    return [stage.name for stage in stages]


@_offering
def parts(ctx: typer.Context, _: str) -> Iterable[str]:
    """Offer the stages of the study file that was typed, and the parts of a composed one."""
    names = sorted(_names_of_file(ctx).stages)
    return [*names, *dict.fromkeys(name.rpartition(".")[0] for name in names if "." in name)]


@_offering
def clusters(_: typer.Context, incomplete: str) -> Iterable[str]:
    """Offer this machine, the profiles of `slurm/`, and YAML files once a path is begun."""
    profiles = sorted(path.stem for path in Path("slurm").glob("*.yaml"))
    return ["local", *profiles, *(_yaml_files(incomplete) if incomplete else ())]


@_offering
def columns(ctx: typer.Context, _: str) -> Iterable[str]:
    """Offer what `--where` may compare, axes first."""
    return [f"{name}=" for name in (*_axes(_study(ctx)), "stage", "state")]


@_offering
def axes(ctx: typer.Context, _: str) -> Iterable[str]:
    """Offer the axes of the submitted study that was typed."""
    return _axes(_study(ctx))


def _axes(study: Study) -> list[str]:
    found = (axis for stage in study.stages for point in stage.points[:1] for axis in point.axes)
    return list(dict.fromkeys(found))


def _runs(ctx: typer.Context) -> Path:
    return Path(ctx.params.get("runs") or os.environ.get("ORCHESTRATOR_RUNS") or "runs")


def _typed(ctx: typer.Context, argument: str) -> str:
    """Return an argument; after an option without a value yet, it was not given its name."""
    return str(ctx.params.get(argument) or ctx.args[0])


def _submitted(ctx: typer.Context) -> list[str]:
    return sorted(path.parent.name for path in (_runs(ctx) / "studies").glob("*/study.json"))


def _yaml_files(incomplete: str) -> Iterator[str]:
    """Give the YAML files of the folder that is typed, and of those in it that are begun; none is hidden."""
    folder, slash, begun = incomplete.rpartition("/")
    place = Path(folder + slash)
    with os.scandir(place) as entries:
        found = sorted((entry.name, entry.is_dir()) for entry in entries if entry.name.startswith(begun))
    shown = [(name, is_dir) for name, is_dir in found if not name.startswith(".")]
    for name, is_dir in shown:
        if not is_dir and name.endswith((".yaml", ".yml")):
            yield f"{folder}{slash}{name}"
    for name, is_dir in shown:
        if is_dir:
            for path in sorted((place / name).glob("*.y*ml")):
                yield f"{folder}{slash}{name}/{path.name}"


def _trials(ctx: typer.Context, beginning: str) -> Iterator[str]:
    """Give ids of trials, as their folders are named, listing no more folders than it takes."""
    for path in sorted((_runs(ctx) / "trials").iterdir()):
        if "-" in path.name:  # as run folders up to version 0.2 have them
            yield path.name.rpartition("-")[2]
        elif path.name.startswith(beginning[:_FAN]):
            yield from sorted(inner.name.rpartition("-")[2] for inner in path.iterdir())


def _names_of_file(ctx: typer.Context) -> Names:
    from orchestrator.study.edges.load import load

    return load(Path(_typed(ctx, "file"))).names


def _study(ctx: typer.Context) -> Study:
    """Return the study that was typed as it was submitted."""
    from orchestrator.engine.observe import read_submission
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.verbs.lookup import name_of

    folder = RunFolder(_runs(ctx))
    name = name_of(_typed(ctx, "study"), folder)
    if (folder.study(name) / "study.json").stat().st_size > _LARGEST:
        raise ValueError("reading it would take longer than anybody waits for a shell")
    return read_submission(folder, name).study
