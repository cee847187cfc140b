"""What MPS and MIG of a place mean for `slots`, the trials that share the GPUs of a worker."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from orchestrator.doctor.examination import Finding, note, ok, unknown
from orchestrator.messages.problems import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.doctor.party import Sharing, View
    from orchestrator.doctor.site import Partition, Site

_CHECK = "shared GPUs"
_SLICE = re.compile(r"(^|_|:)\d+g\.\d+gb")
"""A part of a GPU, as MIG names it: `1g.10gb`, `a100_1g.5gb`."""
_START = "`nvidia-cuda-mps-control -d` starts it"
_START_IN_JOB = (
    "`export CUDA_MPS_PIPE_DIRECTORY=$(mktemp -d)` and `nvidia-cuda-mps-control -d` as lines of `setup` "
    "start it for each job"
)


def check_sharing(views: Mapping[str, View], *, in_jobs: bool) -> list[Finding]:
    """Return what machines with GPUs offer to trials that share one; nothing where no GPU was asked for."""
    seen = {view.host: view.sharing for view in views.values() if view.sharing is not None}
    if not seen:
        return []
    texts = {host: _meaning(one) for host, one in seen.items()}
    same = len(set(texts.values())) == 1
    text = next(iter(texts.values())) if same else "; ".join(f"on {host}: {x}" for host, x in texts.items())
    if not any(one.gpus for one in seen.values()):
        return [unknown(_CHECK, f"nvidia-smi told of no GPU; {_mps(next(iter(seen.values())))}")]
    idle = [one for one in seen.values() if one.mps and not one.mps_runs]
    if idle:
        return [note(_CHECK, text, _START_IN_JOB if in_jobs else _START)]
    if any(one.alone and not one.mps_runs for one in seen.values()):
        return [note(_CHECK, text, "leave `slots` at 1 there, or ask the site for another compute mode")]
    return [ok(_CHECK, text)]


def _meaning(one: Sharing) -> str:
    return "; ".join(filter(None, [_mps(one), _alone(one), _mig(one)]))


def _mps(one: Sharing) -> str:
    if one.mps_runs:
        return "MPS runs: kernels of trials in `slots` may run at the same time"
    there = "MPS is there and does not run" if one.mps else "no MPS"
    return f"{there}: kernels of trials in `slots` take turns"


def _alone(one: Sharing) -> str:
    """Return what a compute mode forbids."""
    if not one.alone or one.mps_runs:
        return ""
    return f"{one.alone} of {one.gpus} GPUs let one program compute alone: a second slot fails without MPS"


def _mig(one: Sharing) -> str:
    if not one.divided:
        return "no MIG"
    return (
        f"{one.divided} of {one.gpus} GPUs are divided by MIG into {_counted(one.slices)}: each part is a "
        "GPU of its own, `slots` share one part, and how busy it is cannot be measured"
    )


def _counted(names: Sequence[str]) -> str:
    counts = Counter(names)
    return ", ".join(f"{count} x {name}" for name, count in counts.items()) or "no parts yet"


def check_shared_gres(site: Site, partition: Partition) -> list[Finding]:
    """Return what a partition offers of parts of GPUs by Slurm itself; nothing where that is nothing."""
    gres = site.gres(partition)
    slices = [name for name in gres if name.startswith("gpu:") and _SLICE.search(name)]
    shares = [name for name in gres if name.partition(":")[0] in ("mps", "shard")]
    found = []
    if slices:
        kind = slices[0].partition(":")[2]
        text = f"{_told(gres, slices)}: parts of GPUs by MIG, each a GPU of its own with memory of its own"
        found.append(
            note("MIG", text, f"`gpus: 1` with `gpu: {kind}` in a shape asks for one; slots share it")
        )
    if shares:
        text = f"{_told(gres, shares)}: Slurm can divide a GPU between jobs"
        hint = f"no worker asks for {listed(shares)}: `slots` in a shape share its GPU between trials instead"
        found.append(note("gres of shares", text, hint))
    return found


def _told(gres: Mapping[str, int], names: Sequence[str]) -> str:
    return ", ".join(f"{name} ({gres[name]} in all)" for name in names)
