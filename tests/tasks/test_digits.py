from pathlib import Path

import pytest

from tasks import digits
from tasks.digits import train
from tasks.parts.context import FolderContext
from tasks.parts.prediction import Predictor, Trained

PARAMS = digits.Params(optimizer="adam", lr=0.03, epochs=3)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    context = FolderContext(root=tmp_path_factory.mktemp("digits"), data=Path())
    digits.run(PARAMS, context)
    return digits.predictor(Trained(params=PARAMS.model_dump(), artifacts=context.root / "artifacts"))


def test_test_pictures_are_read_as_what_they_are(ask: Predictor) -> None:
    for name, picture in train.examples().items():
        scores = ask(picture).scores["digit"]
        assert max(scores, key=lambda digit: scores[digit]) == name.split()[1]


def test_ink_on_paper_is_the_same_digit(ask: Predictor) -> None:
    picture = next(iter(train.examples().values()))
    dark, bright = (ask(pixels).scores["digit"] for pixels in (picture, 255 - picture))
    assert max(dark, key=lambda digit: dark[digit]) == max(bright, key=lambda digit: bright[digit])
