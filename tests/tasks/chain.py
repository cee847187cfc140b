"""The study's chain of tasks at its smallest, run by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks import encode, gender, segment
from tasks.parts.context import FolderContext
from tasks.prepare import celeba, face_masks

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.params import MaskedDataset

GENDER = gender.Params(weights="none", image_size=32, batch_size=8, max_epochs=2)
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


def prepare_gender(root: Path, data: Path) -> Trial:
    """Prepare 16 pictures of CelebA."""
    context = FolderContext(root=root, data=data)
    return Trial(celeba.run(celeba.Params(images=16, image_size=32), context), context)


def prepare_masks(root: Path, data: Path, dataset: MaskedDataset = "lfw") -> Trial:
    """Prepare the pictures and masks of LFW or HELEN."""
    context = FolderContext(root=root, data=data)
    return Trial(face_masks.run(face_masks.Params(dataset=dataset, image_size=64), context), context)


def train_gender(root: Path, pictures: Trial, params: gender.Params = GENDER) -> Trial:
    """Tune an encoder."""
    context = FolderContext(root=root, data=root, needs={"pictures": pictures.artifacts})
    return Trial(gender.run(params, context), context)


def encode_pictures(root: Path, pictures: Trial, weights: Path | None = None, **given: object) -> Trial:
    """Store features: of the control encoder, or of the tuned one at `weights`."""
    params = encode.Params.model_validate({**ENCODE, "pretrain": "gender" if weights else "control", **given})
    needs = {"pictures": pictures.artifacts, **({"weights": weights} if weights else {})}
    context = FolderContext(root=root, data=root, needs=needs)
    return Trial(encode.run(params, context), context)


def train_decoder(root: Path, pictures: Trial, features: Path, params: segment.Params = SEGMENT) -> Trial:
    """Train a decoder on stored features."""
    needs = {"pictures": pictures.artifacts, "features": features}
    context = FolderContext(root=root, data=root, needs=needs)
    return Trial(segment.run(params, context), context)
