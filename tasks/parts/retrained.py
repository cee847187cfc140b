"""A network of which only the last layers are trained, over prepared pictures.

What the frozen layers make of the pictures is read where it is stored, else computed for every minibatch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file

from tasks.parts import feeding, seeding
from tasks.parts.context import asking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torch import Tensor, nn

    from tasks.parts.context import Asked
    from tasks.parts.features import Features
    from tasks.parts.pictures import Pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrained:
    """The two parts of a network, and the frozen part's output for all pictures where it is stored."""

    frozen: nn.Sequential
    trained: nn.Sequential
    shown: Pictures
    normalise: Callable[[Tensor], Tensor]  # uint8 [B, 3, H, W] -> input of the frozen part, on its device
    batch_size: int
    stored: Features | None = None

    def load(self, rows: Tensor) -> Tensor:
        """Return stored output, or pictures, of some rows: on the CPU."""
        return self.shown.batch(rows) if self.stored is None else self.stored.values[rows]

    def logits(self, loaded: Tensor) -> Tensor:
        """Map what `load` returned to logits, float [B, C]."""
        given = loaded.to(seeding.pick_device())
        if self.stored is None:
            given = self.frozen(self.normalise(given))
        found: Tensor = self.trained(given.float())
        return found

    @torch.no_grad()
    def predict(self, rows: Tensor, asked: Asked) -> Tensor:
        """Return the logits of some rows, float [N, C], on the CPU; InterruptedError to stop."""
        batches = asking(asked, torch.split(rows, self.batch_size))
        return torch.cat([self.logits(given) for _, given in feeding.ahead(batches, self.load)]).cpu()

    def save(self, path: Path, notes: Mapping[str, str]) -> None:
        """Write the weights of both parts."""
        state = {**self.frozen.state_dict(), **self.trained.state_dict()}
        save_file({name: tensor.cpu().contiguous() for name, tensor in state.items()}, path, dict(notes))
