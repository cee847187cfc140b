"""What this machine offers to workers that train on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.doctor.check_cards import check_cards
from orchestrator.doctor.check_nodes import gpu_fault
from orchestrator.doctor.check_sharing import check_sharing
from orchestrator.doctor.examination import Finding, note, ok, unknown, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.doctor.party import View

_FEW_MB = 2048
_GPU_HINT = "mend the driver, install a torch that fits it, or `submit --cpu`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What was found on a machine."""

    cores: int
    """Those that this program may use."""
    memory: int
    """Megabytes."""
    gpus: tuple[str, ...]
    """As CUDA knows them."""
    dies_with_parent: bool
    """Whether PR_SET_PDEATHSIG can be set."""
    pidfd: bool
    """Whether pidfd_open works."""
    slurm: bool
    """Whether `sbatch` is there."""


def check_machine(machine: Machine, views: Mapping[str, View]) -> list[Finding]:
    """Return what a machine offers; `views` hold what became of kernels on its GPUs."""
    memory = (note if machine.memory < _FEW_MB else ok)("memory", f"{machine.memory} MB")
    watch = ok("watching trials", "prctl and pidfd_open work")
    calls = {"prctl": machine.dies_with_parent, "pidfd_open": machine.pidfd}
    if lacks := " and ".join(name for name, works in calls.items() if not works):
        watch = wrong("watching trials", f"{lacks} cannot be used", "Linux 5.3 or newer has both")
    cores = ok("cores", f"{machine.cores}: so many one-core workers at once")
    gpus = [_check_gpus(machine, views), *check_cards(views), *check_sharing(views, in_jobs=False)]
    found = [cores, memory, watch, *gpus]
    if machine.slurm:
        hint = "to look at it: python -m orchestrator doctor --write slurm/NAME.yaml"
        found.append(note("slurm", "a Slurm cluster can be used from here", hint))
    return found


def _check_gpus(machine: Machine, views: Mapping[str, View]) -> Finding:
    counts = [view.modules["torch"].gpus for view in views.values() if "torch" in view.modules]
    if not machine.gpus:
        return ok("GPUs", "none: trainings use the cores")
    names = ", ".join(machine.gpus)
    if faults := [fault for view in views.values() if (fault := gpu_fault(view))]:
        return wrong("GPUs", f"{names}; workers that ask for them claim nothing: {faults[0]}", _GPU_HINT)
    if not counts or counts[0] is None:
        return unknown("GPUs", f"{names}; torch could not be asked")
    if counts[0] < len(machine.gpus):
        return wrong("GPUs", f"{names}, but torch sees {counts[0]}", "install a torch that fits the driver")
    return ok("GPUs", f"{names}: a kernel ran on each, and torch sees them")
