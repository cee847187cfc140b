"""The chain of the study of attributes at its smallest, run by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks import attributes
from tasks.parts.context import FolderContext
from tasks.prepare import celeba
from tests.tasks.chain import Trial, ran

if TYPE_CHECKING:
    from pathlib import Path

FOUR = ("Male", "Young", "Mustache", "Wearing_Lipstick")
WILD = {"images": None, "partition": "all", "pictures": "wild", "crop": "face", "image_size": 40}
ONE = attributes.Params(
    weights="none", image_size=32, fc_units=16, batch_size=8, epochs=2, optimizer="adam", dropout=0.0
)
TWO = ONE.model_copy(update={"attributes": ("Male", "Young"), "trains": "conv4"})


def prepare_faces(root: Path, data: Path) -> Trial:
    """Prepare all pictures of CelebA with four attributes."""
    return ran(celeba.run, celeba.Params.model_validate({"attributes": FOUR, **WILD}), root, data)


def encode_faces(root: Path, faces: Path, **given: Any) -> Trial:
    """Store what the frozen convolutions make of prepared pictures."""
    params = attributes.EncodeParams.model_validate({"weights": "none", "image_size": 32, **given})
    return ran(attributes.encode, params, root, pictures=faces)


def train(root: Path, params: attributes.Params, needs: dict[str, Path], **given: Any) -> Trial:
    """Train a network for some attributes."""
    context = FolderContext(root=root, data=root, needs=needs, **given)
    return Trial(attributes.run(params, context), context)
