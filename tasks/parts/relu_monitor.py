"""Which units of a network are dead: zero for every picture that was shown.

A ReLU whose weights were thrown too far answers zero to everything and cannot come back (Maricalva, section
6.2). A unit is a neuron of a fully connected layer, or a filter of a convolution at all its positions.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen while a network was watched."""

    alive: dict[str, Tensor] = field(default_factory=dict)  # layer -> bool [units]

    def dead_shares(self) -> dict[str, float]:
        """Return the share of dead units of each layer, as `dead_<layer>`."""
        return {f"dead_{name}": float((~alive).double().mean()) for name, alive in self.alive.items()}


@contextmanager
def watch(net: nn.Sequential) -> Iterator[Watched]:
    """Watch every ReLU of a network, each under the name of the layer before it."""
    watched = Watched()
    hooks = []
    before = ""
    for name, layer in net.named_children():
        if isinstance(layer, nn.ReLU):
            hooks.append(layer.register_forward_hook(_hook(watched, before)))
        before = name
    try:
        yield watched
    finally:
        for hook in hooks:
            hook.remove()


def _hook(watched: Watched, name: str) -> Any:
    def see(_layer: nn.Module, _given: tuple[Tensor, ...], answer: Tensor) -> None:
        active = (answer > 0).flatten(2).any(dim=2) if answer.dim() > 2 else answer > 0
        alive = active.any(dim=0)
        watched.alive[name] = watched.alive[name] | alive if name in watched.alive else alive

    return see
