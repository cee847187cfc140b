"""The study's chain of tasks at its smallest, run by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks import encode, gender, segment
from tasks.parts.context import FolderContext

if TYPE_CHECKING:
    from pathlib import Path

GENDER = gender.Params(weights="none", image_size=32, images=16, batch_size=8, max_epochs=2)
ENCODE = {"weights": "none", "image_size": 64, "batch_size": 8}
SEGMENT = segment.Params(image_size=64, batch_size=4, lr=1e-2, max_epochs=20)


@dataclass(frozen=True, slots=True)
class Trial:
    """A finished trial: its metrics and its folder."""

    result: dict[str, float]
    context: FolderContext

    @property
    def artifacts(self) -> Path:
        """Folder that a dependant reads."""
        return self.context.artifact("any").parent


def train_gender(root: Path, data: Path, params: gender.Params = GENDER) -> Trial:
    """Tune an encoder."""
    context = FolderContext(root=root, data=data)
    return Trial(gender.run(params, context), context)


def encode_pictures(root: Path, data: Path, weights: Path | None = None, **given: object) -> Trial:
    """Store features: of the control encoder, or of the tuned one at `weights`."""
    params = encode.Params.model_validate({**ENCODE, "pretrain": "gender" if weights else "control", **given})
    context = FolderContext(root=root, data=data, needs={"weights": weights} if weights else {})
    return Trial(encode.run(params, context), context)


def train_decoder(root: Path, data: Path, features: Path, params: segment.Params = SEGMENT) -> Trial:
    """Train a decoder on stored features."""
    context = FolderContext(root=root, data=data, needs={"features": features})
    return Trial(segment.run(params, context), context)
