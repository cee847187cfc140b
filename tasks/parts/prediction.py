"""What a finished trial says about one picture: the same for every task that can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tasks.data.images import Mask, Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A finished trial as a predictor reads it."""

    params: Mapping[str, Any]
    artifacts: Path
    needs: Mapping[str, Trained] = field(default_factory=dict)
    seed: int = 0  # of the trial: a random start is a function of it

    def need(self, name: str) -> Path:
        """Folder of the artifacts of a needed trial, as the training's context names it."""
        return self.needs[name].artifacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The answers for one picture."""

    scores: Mapping[str, Mapping[str, float]] = field(
        default_factory=dict
    )  # question -> answer -> probability
    mask: Mask | None = None  # [H, W] of the given picture
    cutout: Pixels | None = None  # the given picture with everything outside the mask black


# A task that can be asked has `def predictor(trained: Trained) -> Predictor`; pictures are uint8 [H, W, 3].
Predictor: TypeAlias = "Callable[[Pixels], Prediction]"


def cut_out(picture: Pixels, mask: Mask) -> Pixels:
    """Return a picture, uint8 [H, W, 3], with everything outside its mask, bool [H, W], black."""
    return picture * mask[:, :, None]
