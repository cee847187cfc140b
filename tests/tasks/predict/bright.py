"""A task that trains nothing and answers by brightness, for tests of everything around a predictor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from tasks.parts.prediction import Prediction, cut_out

if TYPE_CHECKING:
    from tasks.data.images import Pixels
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 2


class Params(BaseModel):
    """What can be changed."""

    model_config = ConfigDict(extra="forbid")

    bright: int = 128


def predictor(trained: Trained) -> Predictor:
    """Return what masks the bright pixels and calls a picture bright or dark; it wants one artifact."""
    bright = Params.model_validate(trained.params).bright
    unit = (trained.artifacts / "unit.txt").read_text()

    def answer(picture: Pixels) -> Prediction:
        share = float(picture.mean()) / 255
        mask = picture.max(axis=2) >= bright
        scores = {unit: {"dark": 1 - share, "bright": share}}
        return Prediction(scores=scores, mask=mask, cutout=cut_out(picture, mask))

    return answer
