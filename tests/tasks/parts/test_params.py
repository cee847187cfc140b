from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from tasks import attributes, encode, foreground, gender, multitask, recognition, transfer
from tasks.nets import weights
from tasks.nets.published import VGG_FACE, VGGFACE2
from tasks.parts.params import PUBLISHED_WEIGHTS

if TYPE_CHECKING:
    from tasks.parts.params import TaskParams

SCALED = (
    attributes.Params,
    encode.Params,
    foreground.Params,
    gender.Params,
    multitask.Params,
    recognition.Params,
    transfer.Params,
)
WEIGHED = tuple(model for model in SCALED if "weights" in model.model_fields)


def test_published_weights_are_those_that_the_networks_read() -> None:
    names = {weights.IMAGENET, VGG_FACE.name, VGGFACE2.name}
    assert names == PUBLISHED_WEIGHTS


@pytest.mark.parametrize("model", WEIGHED)
def test_published_weights_want_the_whole_width(model: type[TaskParams]) -> None:
    published = model().model_dump()["weights"]
    with pytest.raises(
        ValidationError, match=rf"`0.25` does not fit `weights: {published}`.*`weights: none`"
    ):
        model.model_validate({"width": 0.25})


@pytest.mark.parametrize("model", WEIGHED)
@pytest.mark.parametrize("source", ["none", "narrow/encoder.safetensors"])
def test_other_weights_may_be_of_any_width(model: type[TaskParams], source: str) -> None:
    given = {"weights": source, "width": 0.25}
    assert given.items() <= model.model_validate(given).model_dump().items()


@pytest.mark.parametrize("model", SCALED)
def test_width_1_changes_no_trial_s_name(model: type[TaskParams]) -> None:
    assert "width" not in model().model_dump(mode="json")
    assert model.model_validate({"width": 1}) == model()


@pytest.mark.parametrize("width", [0, -0.5, 1.5])
def test_width_is_a_share(width: float) -> None:
    with pytest.raises(ValidationError, match="width"):
        foreground.Params.model_validate({"width": width})
