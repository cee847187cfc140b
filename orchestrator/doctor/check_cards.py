"""Whether the torch of the trainings is built for the GPUs of a place: old ones drop out of new builds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.doctor.examination import Finding, note, ok, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.doctor.party import Module, View
    from orchestrator.doctor.site import Partition, Site

_CHECK = "cards"
_VOLTA = (7, 0)
"""The oldest for which PyPI still has a torch that this project runs with."""
_VOLTA_HINT = "in the environment of the trainings: pip install -e . -c slurm/volta.txt"
_NONE_HINT = "no torch of PyPI that runs here is built for it: choose newer cards, or train on the CPU"
_OLD = {
    "k20": (3, 5),
    "k40": (3, 5),
    "k80": (3, 7),
    "m40": (5, 2),
    "m60": (5, 2),
    "p100": (6, 0),
    "p40": (6, 1),
    "p4": (6, 1),
    "v100": (7, 0),
}
"""Compute capability of cards as sites name them; those that a torch of today is built for are left out."""


def built_for(capability: tuple[int, int], arches: Sequence[str]) -> bool:
    """Say whether kernels of a build run on a card.

    `sm_86` runs on cards of the same major number from that minor one on, `compute_86` on all that are newer.
    """
    for arch in arches:
        found = re.fullmatch(r"(sm|compute)_(\d+)(\d)[a-z]?", arch)
        if not found:
            continue
        of = (int(found[2]), int(found[3]))
        if of <= capability and (found[1] == "compute" or of[0] == capability[0]):
            return True
    return False


def check_cards(views: Mapping[str, View]) -> list[Finding]:
    """Compare the GPUs of machines with what their torch is built for; nothing where either is unknown."""
    fine: dict[str, None] = {}
    unfit: dict[str, None] = {}
    oldest: tuple[int, int] | None = None
    for view in views.values():
        torch = view.modules.get("torch")
        cards = view.sharing.cards if view.sharing else ()
        if torch is None or not torch.arches:
            continue
        for name, number in cards:
            capability = _parsed(number)
            if capability is None:
                continue
            if built_for(capability, torch.arches):
                fine[f"{name} ({number}): torch {torch.version} is built for it"] = None
            else:
                unfit[f"{name} on {view.host} has compute capability {number}, {_told(torch)}"] = None
                oldest = min(oldest or capability, capability)
    if oldest is not None:
        return [wrong(_CHECK, "; ".join(unfit), _hint(oldest))]
    return [ok(_CHECK, "; ".join(fine))] if fine else []


def check_named_cards(site: Site, partition: Partition, torch: Module | None) -> list[Finding]:
    """Compare the GPUs that a partition names with what torch is built for here; only old ones are known."""
    if torch is None or not torch.arches:
        return []
    named = {
        gres: _OLD[kind]
        for gres in site.gres(partition)
        for kind in _OLD
        if re.search(rf"(?<![a-z0-9]){kind}(?![a-z0-9])", gres.lower())
    }
    old = {gres: one for gres, one in named.items() if not built_for(one, torch.arches)}
    if not old:
        return []
    text = ", ".join(f"{gres} has compute capability {one[0]}.{one[1]}" for gres, one in old.items())
    return [note(_CHECK, f"{text}, {_told(torch)}", _hint(min(old.values())))]


def _hint(capability: tuple[int, int]) -> str:
    return _VOLTA_HINT if capability >= _VOLTA else _NONE_HINT


def _told(torch: Module) -> str:
    return f"torch {torch.version} is built for {' '.join(torch.arches)}"


def _parsed(number: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d+)\.(\d+)", number)
    return (int(found[1]), int(found[2])) if found else None
