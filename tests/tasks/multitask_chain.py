"""The multi-task study's tasks at their smallest, run by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks import multitask
from tasks.parts.context import FolderContext
from tasks.prepare import celeba
from tests.tasks.chain import Trial, ran

if TYPE_CHECKING:
    from pathlib import Path

PREPARED: dict[str, Any] = {
    "attributes": ["Male", "Eyeglasses"],
    "partition": "all",
    "images": 24,
    "image_size": 16,
    "crop": "face",
    "grey": True,
}
PARAMS = multitask.Params(image_size=16, folds=4, test_share=0.2, batch_size=4, max_epochs=3)


def prepare(root: Path, data: Path, **given: Any) -> Trial:
    """Prepare 24 grey faces of 16 pixels."""
    return ran(celeba.run, celeba.Params.model_validate({**PREPARED, **given}), root, data)


def train(root: Path, faces: Trial, params: multitask.Params = PARAMS, **given: Any) -> Trial:
    """Train a network on prepared faces."""
    context = FolderContext(root=root, data=root, needs={"pictures": faces.artifacts}, **given)
    return Trial(multitask.run(params, context), context)
