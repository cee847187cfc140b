"""The study's chain of tasks at its smallest, run by hand."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tasks import encode, gender, segment
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.parts.prediction import Trained
from tasks.prepare import celeba, face_masks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tasks.parts.params import MaskedDataset

P = TypeVar("P")

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

    @property
    def timeless(self) -> dict[str, float]:
        """The metrics that two equal trials have in common."""
        return {name: value for name, value in self.result.items() if not name.startswith("timing_")}


def ran(
    run: Callable[[P, FolderContext], dict[str, float]],
    params: P,
    root: Path,
    data: Path | None = None,
    **needs: Path,
) -> Trial:
    """Run a task in a folder of its own; `needs` are folders of artifacts."""
    context = FolderContext(root=root, data=data or root, needs=needs)
    return Trial(run(params, context), context)


def prepare_gender(root: Path, data: Path) -> Trial:
    """Prepare 16 pictures of CelebA."""
    return ran(celeba.run, celeba.Params(images=16, image_size=32), root, data)


def prepare_masks(root: Path, data: Path, dataset: MaskedDataset = "lfw") -> Trial:
    """Prepare the pictures and masks of LFW or HELEN."""
    return ran(face_masks.run, face_masks.Params(dataset=dataset, image_size=64), root, data)


def train_gender(root: Path, faces: Trial, params: gender.Params = GENDER) -> Trial:
    """Tune an encoder."""
    return ran(gender.run, params, root, pictures=faces.artifacts)


def answers_about_a_picture(
    labelled: Trial, tuned: Trial, params: gender.Params
) -> tuple[Mapping[str, float], float]:
    """Return what is answered now, and the probability of `male` that the predictions have."""
    with (tuned.artifacts / "predictions.csv").open() as file:
        first = next(csv.DictReader(file))
    shown = pictures.read(labelled.artifacts)
    ask = gender.predictor(Trained(params=params.model_dump(), artifacts=tuned.artifacts))
    scores = ask(shown.picture(shown.names.index(first["name"]))).scores["gender"]
    return scores, float(first["predicted_male"])


def encode_pictures(root: Path, faces: Trial, weights: Path | None = None, **given: object) -> Trial:
    """Store features: of the control encoder, or of the tuned one at `weights`."""
    params = encode.Params.model_validate({**ENCODE, "pretrain": "gender" if weights else "control", **given})
    needs = {"weights": weights} if weights else {}
    return ran(encode.run, params, root, pictures=faces.artifacts, **needs)


def train_decoder(root: Path, faces: Trial, features: Path, params: segment.Params = SEGMENT) -> Trial:
    """Train a decoder on stored features."""
    return ran(segment.run, params, root, pictures=faces.artifacts, features=features)
