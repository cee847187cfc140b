"""Look at a place for workers, this machine or a Slurm cluster, and at its profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.doctor.check_cards import check_named_cards
from orchestrator.doctor.check_folder import check_folder
from orchestrator.doctor.check_machine import check_machine
from orchestrator.doctor.check_nodes import check_imports, left_open
from orchestrator.doctor.check_site import check_site, discovered
from orchestrator.doctor.edges.ask_site import look_at_site
from orchestrator.doctor.edges.machine import look_at_folder, look_at_machine, look_at_torch
from orchestrator.doctor.examination import Examination, Finding, ok, proposed, unknown, wrong
from orchestrator.doctor.probing import probe_folder, probe_here, probe_nodes
from orchestrator.doctor.profile_text import profile_text
from orchestrator.files.record_file import write_beside
from orchestrator.messages.errors import SchedulerError, UserError
from orchestrator.messages.problems import listed, nearest
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.profile_file import find_profile
from orchestrator.study.shape import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.doctor.site import Site
    from orchestrator.evidence.edges.run_folder import RunFolder

_NO_CLUSTER = ("configuration source", "process configuration file", "cannot stat file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a place is to be looked at."""

    jobs: bool = True
    patience: float = 600
    """Seconds that a probe job may wait in the queue."""
    keep: bool = False
    """Whether the folder of the probe stays."""


def read_given(
    cluster: str | None, partition: str | None, write: Path | None, patience: str, *, force: bool
) -> tuple[Profile | None, int]:
    """Return the profile that the user gave, None for this machine, and the seconds of the patience.

    Raises UserError with all that is wrong with it.
    """
    local = cluster == LOCAL.name or (cluster is None and partition is None and write is None)
    problems = []
    if local and (partition or write):
        problems.append("`--cluster local` is this machine: it has no partition and its profile is built in")
    if write and write.suffix not in {".yaml", ".yml"}:
        problems.append(f"`--write {write}`: a profile's file ends in .yaml")
    if write and write.exists() and not force:
        problems.append(f"`--write {write}`: the file is there already; give --force to replace it")
    if force and not write:
        problems.append("`--force` is for --write FILE.yaml")
    try:
        seconds = parse_duration(patience)
    except ValueError as error:
        problems.append(f"`--patience`: {error}")
    if problems:
        raise UserError("\n".join(problems), hint="python -m orchestrator doctor --help")
    if local:
        return None, seconds
    profile = find_profile(cluster) if cluster else Profile(name=write.stem if write else "new")
    if partition:
        profile = profile.model_copy(update={"partition": partition})
    return profile, seconds


def examine_machine(runs: RunFolder, wish: Wish, say: Callable[[str], None]) -> Examination:
    """Look at this machine."""
    with probe_folder(runs.path, say, keep=wish.keep) as folder:
        probed = probe_here(LOCAL, folder, say)
        place = look_at_folder(folder.parent.parent)
    findings = (
        *check_machine(look_at_machine(), probed.views),
        *check_folder(place),
        *probed.findings,
        check_imports(probed.views),
    )
    return Examination(place=LOCAL.name, findings=findings, profile=LOCAL)


def examine_cluster(
    profile: Profile, runs: RunFolder, wish: Wish, say: Callable[[str], None], *, new: bool
) -> Examination:
    """Look at the Slurm cluster that this is a login node of.

    With `new` there is no profile yet, and `profile` holds only what the user gave.
    Raises UserError when this is no login node, or has no partition of the name that was given.
    """
    say("asking Slurm about itself")
    site = look_at_site()
    _check_login_node(site)
    if site.settings is None:
        silent = wrong("slurm", f"does not answer: {site.troubles['scontrol']}", "ask again once it does")
        rest = (unknown("limits", "Slurm does not answer"), left_open("Slurm does not answer"))
        return Examination(place=profile.name, findings=(silent, *rest), profile=profile, open=True)
    if new:
        profile = _discover(site, profile)
    version, name = site.settings.get("SLURM_VERSION"), site.settings.get("ClusterName")
    first = ok("slurm", f"Slurm {version}, cluster {name}, asked as {site.user}")
    settings = [first, *check_site(site, profile)]
    partition = site.partition(profile.partition)
    if partition is not None and profile.check_gpus:
        settings += check_named_cards(site, partition, look_at_torch())
    probed, open_ = _probe(site, proposed(profile, settings), runs, wish, say)
    findings = (*settings, *probed)
    return Examination(place=profile.name, findings=findings, profile=proposed(profile, findings), open=open_)


def _probe(
    site: Site, profile: Profile, runs: RunFolder, wish: Wish, say: Callable[[str], None]
) -> tuple[list[Finding], bool]:
    """Look at the run folder and, if it is wished, at nodes; also say whether something stays open."""
    if not wish.jobs:
        place = next(path for path in (runs.path, *runs.path.parents) if path.exists())
        return [*check_folder(look_at_folder(place)), left_open("--no-jobs was given")], False
    with probe_folder(runs.path, say, keep=wish.keep) as folder:
        probed = probe_nodes(site, profile, folder, wish.patience, say)
        return [*check_folder(look_at_folder(folder.parent.parent)), *probed.findings], probed.open


def _check_login_node(site: Site) -> None:
    trouble = site.troubles.get("scontrol", "")
    if trouble.startswith("there is no `scontrol`"):
        raise UserError(
            "there is no `scontrol` here, so this is no login node of a Slurm cluster",
            hint="type it on a login node; `doctor` without options looks at this machine",
        )
    if any(text in trouble for text in _NO_CLUSTER):
        raise UserError(f"Slurm's commands know of no cluster here: {trouble}", hint="set SLURM_CONF")


def _discover(site: Site, given: Profile) -> Profile:
    partition = site.partition(given.partition)
    if partition is None:
        names = [one.name for one in site.partitions or ()]
        if given.partition is None:
            raise UserError(
                "no partition is the default", hint=f"choose one with --partition: {listed(names)}"
            )
        raise UserError(f"there is no partition `{given.partition}`", hint=nearest(given.partition, names))
    return discovered(site, partition, given)


def write_profile(examination: Examination, file: Path, day: str) -> None:
    """Write the profile that follows from an examination.

    Raises SchedulerError when Slurm said too little for one.
    """
    if examination.profile.partition is None:
        raise SchedulerError("nothing was written: Slurm did not say enough for a profile")
    profile = examination.profile.model_copy(update={"name": file.stem})
    heading = (
        f"Written by `python -m orchestrator doctor` on {day}; each comment says what was found.",
        f"Look again with: python -m orchestrator doctor --cluster {file}",
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_beside(file, profile_text(profile, examination.findings, heading))
